import { Button, Text } from "@mantine/core";
import { useMemo, type ReactNode } from "react";
import type { CoveragePart } from "@/api";
import { useMay } from "@/app/may";
import { DataTable, type Column } from "@/tables";
import { IngestionStatus } from "../ingest/IngestionStatus";
import { isActive } from "../ingest/use_ingestions";
import classes from "./Series.module.css";
import type { Backfill } from "./use_backfill";

interface GapsProps {
  readonly gaps: readonly CoveragePart[];
  readonly behind: number;
  readonly backfill: Backfill;
  /** Who is asked. */
  readonly vendor: ReactNode;
}

/** Of each gap one row and one button. */
export function Gaps({ gaps, behind, backfill, vendor }: GapsProps) {
  const mayIngest = useMay("trade");
  const columns = useMemo((): Column<CoveragePart>[] => {
    const cell = (gap: CoveragePart) => <Fill gap={gap} backfill={backfill} name={`${gap.first} to ${gap.last}`} />;
    return [
      { id: "first", header: "From", value: (each) => each.first, kind: "time", precision: "day", narrow: "title" },
      { id: "last", header: "To", value: (each) => each.last, kind: "time", precision: "day", narrow: "title" },
      { id: "state", header: "State", value: (each) => each.state },
      count("sessions", "Sessions", (each) => each.sessions),
      count("bars", "Bars there", (each) => each.bars),
      count("expected", "Bars expected", (each) => each.expected),
      ...(mayIngest ? [{ id: "fill", header: "", value: () => "", cell }] : []),
    ];
  }, [backfill, mayIngest]);
  const update =
    behind > 0 && mayIngest ? (
      <Fill gap={undefined} backfill={backfill} name="up to now" label="Bring it up to date" />
    ) : null;
  return (
    <>
      {mayIngest && (gaps.length > 0 || behind > 0) && (
        <div className={classes["bar"]}>
          <span className={classes["vendor"]}>{vendor}</span>
          {update}
        </div>
      )}
      <DataTable
        name="gaps"
        columns={columns}
        rows={gaps}
        keyOf={(each) => each.first}
        most={10}
        withSearch={gaps.length > 10}
        empty={<Text c="var(--faint)">No session lacks a bar between its first and its last.</Text>}
      />
    </>
  );
}

function count(id: string, header: string, of: (gap: CoveragePart) => number): Column<CoveragePart> {
  const value = (gap: CoveragePart) => (gap.expected === 0 ? null : of(gap));
  return { id, header, value, kind: "decimal", digits: 0, why: "Nobody knows when it trades." };
}

interface FillProps {
  readonly gap: CoveragePart | undefined;
  readonly backfill: Backfill;
  readonly name: string;
  readonly label?: string;
}

function Fill({ gap, backfill, name, label = "Backfill" }: FillProps) {
  const asked = backfill.stateOf(gap);
  return (
    <span className={classes["fill"]}>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`${label}: ${name}`}
        disabled={asked !== undefined && isActive(asked)}
        onClick={() => void backfill.fill(gap)}
      >
        {label}
      </Button>
      {asked !== undefined && <IngestionStatus ingestion={asked} />}
    </span>
  );
}
