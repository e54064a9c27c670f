import { useMemo, useState, type PointerEvent } from "react";
import { formatCount } from "@/format/number";
import { coverageBlocks, coverageTicks, partAt, type CoveragePart } from "./coverage_blocks";
import classes from "./CoverageTimeline.module.css";

interface CoverageTimelineProps {
  /** Oldest first. */
  readonly parts: readonly CoveragePart[];
  readonly label: string;
}

const STATES = ["present", "partial", "missing"] as const;

/** A strip of time that shows where there are bars: full, as high as its share, or none. */
export function CoverageTimeline({ parts, label }: CoverageTimelineProps) {
  const blocks = useMemo(() => coverageBlocks(parts), [parts]);
  const ticks = useMemo(() => coverageTicks(parts), [parts]);
  const [pointed, setPointed] = useState<CoveragePart>();
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setPointed(partAt(blocks, (event.clientX - left) / width));
  };
  return (
    <figure className={classes["whole"]}>
      <svg
        className={classes["strip"]}
        viewBox="0 0 1 1"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label}: ${summary(parts)}`}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setPointed(undefined)}
      >
        {blocks.map(({ at, width, share, part }) => (
          <g key={part.first} data-state={part.state}>
            {part.state !== "present" && <rect className={classes["lack"]} x={at} y={0} width={width} height={1} />}
            {part.state !== "missing" && (
              <rect className={classes["bars"]} x={at} y={1 - share} width={width} height={share} />
            )}
          </g>
        ))}
      </svg>
      <div className={classes["ticks"]} aria-hidden>
        {ticks.map(({ at, label: text }) => (
          <span key={text} style={{ left: `${at * 100}%` }}>
            {text}
          </span>
        ))}
      </div>
      <figcaption className={classes["caption"]}>
        {pointed === undefined
          ? STATES.map((state) => (
              <span key={state} data-state={state}>
                <i aria-hidden />
                {state}
              </span>
            ))
          : wordsOf(pointed)}
      </figcaption>
    </figure>
  );
}

/** How much lacks, in a sentence for those who do not see the strip. */
export function summary(parts: readonly CoveragePart[]): string {
  const count = (state: CoveragePart["state"]) =>
    parts.filter((each) => each.state === state).reduce((sum, each) => sum + each.sessions, 0);
  const [partial, missing] = [count("partial"), count("missing")];
  const span = `${parts[0]?.first ?? "nothing"} to ${parts.at(-1)?.last ?? "nothing"}`;
  if (partial + missing === 0) return `${span}, complete`;
  return `${span}, ${formatCount(missing)} sessions missing, ${formatCount(partial)} partial`;
}

function wordsOf({ first, last, state, sessions, bars, expected }: CoveragePart): string {
  const span = first === last ? first : `${first} to ${last}`;
  const days = `${formatCount(sessions)} ${sessions === 1 ? "session" : "sessions"}`;
  return `${span} · ${state} · ${days} · ${formatCount(bars)} of ${formatCount(expected)} bars`;
}
