import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Page.module.css";

interface PageProps {
  readonly title: ReactNode;
  /** One line beside the title. */
  readonly about?: ReactNode;
  /** Buttons, the main one last. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page: its heading, its actions, its sections. */
export function Page({ title, about, actions, children }: PageProps) {
  return (
    <div className={classes["page"]}>
      <header className={classes["head"]}>
        <div>
          <Title order={1}>{title}</Title>
          {about !== undefined && <div className={classes["about"]}>{about}</div>}
        </div>
        {actions !== undefined && <div className={classes["actions"]}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  readonly title?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page, apart by space and one line. */
export function Section({ title, actions, children }: SectionProps) {
  return (
    <section className={classes["section"]} aria-label={title}>
      {(title !== undefined || actions !== undefined) && (
        <header className={classes["sectionHead"]}>
          {title !== undefined && <Title order={2}>{title}</Title>}
          {actions !== undefined && <div className={classes["actions"]}>{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

/** A row of figures, as many as fit. */
export function Stats({ children }: { readonly children: ReactNode }) {
  return <dl className={classes["stats"]}>{children}</dl>;
}

interface StatProps {
  readonly label: ReactNode;
  readonly children: ReactNode;
  /** In small below: a benchmark's, say. */
  readonly under?: ReactNode;
}

/** One figure that matters. */
export function Stat({ label, children, under }: StatProps) {
  return (
    <div className={classes["stat"]}>
      <dt>{label}</dt>
      <dd>
        <div className={classes["figure"]}>{children}</div>
        {under !== undefined && <div className={classes["under"]}>{under}</div>}
      </dd>
    </div>
  );
}
