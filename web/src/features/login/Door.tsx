import { Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import classes from "./Door.module.css";

interface DoorProps {
  readonly title: string;
  readonly about: ReactNode;
  readonly children: ReactNode;
}

/** What stands before the page: one form. */
export function Door({ title, about, children }: DoorProps) {
  useEffect(() => {
    document.title = `${title} · ArbitraX`;
  }, [title]);
  return (
    <main className={classes["door"]}>
      <div className={classes["brand"]}>
        <img src="/icon.svg" alt="" width={28} height={28} />
        ArbitraX
      </div>
      <Title order={1}>{title}</Title>
      <p className={classes["about"]}>{about}</p>
      {children}
    </main>
  );
}
