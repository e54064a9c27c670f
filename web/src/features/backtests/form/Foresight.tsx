import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import classes from "./BacktestForm.module.css";
import type { Foreseen } from "./foresight";

const ICONS = { ok: Info, warning: TriangleAlert, wrong: CircleAlert };

interface ForesightProps {
  readonly lines: readonly Foreseen[];
  readonly isBehind: boolean;
}

/** The result of the choices, as far as it can be told; its place is kept so that nothing moves. */
export function Foresight({ lines, isBehind }: ForesightProps) {
  return (
    <ul className={classes["foresight"]} data-behind={isBehind || undefined} aria-live="polite" aria-label="Foreseen">
      {lines.map(({ level, text }) => {
        const Icon = ICONS[level];
        return (
          <li key={text} data-level={level}>
            <Icon size={14} aria-hidden />
            {text}
          </li>
        );
      })}
    </ul>
  );
}
