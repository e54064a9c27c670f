import type { ReactNode } from "react";
import classes from "./states.module.css";
import { useStaleAt, useTellStale } from "./stale_place";

interface LiveProps {
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** What comes by itself: dimmed while the gateway is away, for it is as it was then. */
export function Live({ className, children }: LiveProps) {
  const isOld = useStaleAt() !== undefined;
  return (
    <div className={`${classes["live"] ?? ""} ${className ?? ""}`} data-old={isOld || undefined}>
      {children}
    </div>
  );
}

/** Has the head of what it is in say so while the gateway is away; shows nothing. */
export function ComesByItself() {
  useTellStale(useStaleAt());
  return null;
}
