import { Select, Text } from "@mantine/core";
import { useState } from "react";
import { sentenceOf, useGetSeriesCoverageQuery, type SeriesCoverageMessage } from "@/api";
import { ChartSkeleton, Loaded } from "@/app/states";
import { CoverageTimeline } from "@/charts";
import { formatCount } from "@/format";
import { VENDORS, vendorOf } from "../ingest/vendors";
import { Gaps } from "./Gaps";
import classes from "./Series.module.css";
import { useBackfill } from "./use_backfill";

interface CoverageProps {
  readonly symbol: string;
  readonly interval: string;
  readonly source: string;
}

/** Where a series has bars and where it lacks some, and what fills that. */
export function Coverage({ symbol, interval, source }: CoverageProps) {
  const query = useGetSeriesCoverageQuery({ symbol, interval });
  return (
    <Loaded query={query} isLive skeleton={<ChartSkeleton height={76} />}>
      {(found) => <Shown key={source} found={found} source={source} />}
    </Loaded>
  );
}

function Shown({ found, source }: { readonly found: SeriesCoverageMessage; readonly source: string }) {
  const { symbol, interval, calendar, parts, sessions_behind } = found;
  const [vendor, setVendor] = useState(vendorOf(source));
  const backfill = useBackfill({ symbol, interval, vendor });
  const gaps = parts.filter((each) => each.state !== "present");
  const fill = (
    <Select
      size="xs"
      label="Vendor that fills gaps"
      data={VENDORS.map(({ value, label }) => ({ value, label }))}
      value={vendor}
      allowDeselect={false}
      onChange={(chosen) => chosen !== null && setVendor(chosen)}
    />
  );
  return (
    <>
      <CoverageTimeline parts={parts} label={`Coverage of ${symbol} ${interval}`} />
      <Text size="sm" c="var(--faint)" mb="sm" mt="sm">
        {calendar === null
          ? "Nobody knows when it trades: pauses of more than four days, or of two bars, count as missing."
          : `Against the sessions of ${calendar}.`}
        {sessions_behind !== null &&
          sessions_behind > 0 &&
          ` ${formatCount(sessions_behind)} sessions are over since its last bar.`}
      </Text>
      {backfill.error !== undefined && (
        <Text role="alert" c="var(--warn)" className={classes["error"] ?? ""}>
          {sentenceOf(backfill.error)}
        </Text>
      )}
      <Gaps gaps={gaps} behind={sessions_behind ?? 0} backfill={backfill} vendor={fill} />
    </>
  );
}
