import { Title } from "@mantine/core";
import { use, type ReactNode } from "react";
import { Stale } from "./states/Stale";
import { StalePlace, useStalePlace } from "./states/stale_place";
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
  const [staleAt, tell] = useStalePlace();
  return (
    <div className={classes["page"]} data-old={staleAt !== undefined || undefined}>
      <header className={classes["head"]}>
        <div>
          <div className={classes["title"]}>
            <Title order={1}>{title}</Title>
            {staleAt !== undefined && (
              <div className={classes["mark"]}>
                <Stale at={staleAt} isShort />
              </div>
            )}
          </div>
          {about !== undefined && <div className={classes["about"]}>{about}</div>}
        </div>
        {actions !== undefined && <div className={classes["actions"]}>{actions}</div>}
      </header>
      <StalePlace value={tell}>{children}</StalePlace>
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
  const around = use(StalePlace);
  const [staleAt, tell] = useStalePlace();
  const hasHead = title !== undefined || actions !== undefined;
  return (
    <section className={classes["section"]} aria-label={title} data-old={staleAt !== undefined || undefined}>
      {hasHead && (
        <header className={classes["sectionHead"]}>
          {title !== undefined && <Title order={2}>{title}</Title>}
          {staleAt !== undefined && (
            <div className={classes["mark"]}>
              <Stale at={staleAt} isShort />
            </div>
          )}
          {actions !== undefined && <div className={classes["actions"]}>{actions}</div>}
        </header>
      )}
      <StalePlace value={hasHead ? tell : around}>{children}</StalePlace>
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
