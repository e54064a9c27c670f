import { useGetSeriesCoverageQuery, type SeriesMessage } from "@/api";
import { Stat, Stats } from "@/app/Page";
import { Age, Day, Figure, formatScore, Moment } from "@/format";
import { isIntraday } from "./series_path";

/** The figures of a series. */
export function SeriesFacts({ series }: { readonly series: SeriesMessage }) {
  const { symbol, interval, first, last, rows, quality_score: score, source, last_ingestion, changed_at } = series;
  const parts = useGetSeriesCoverageQuery({ symbol, interval }).data?.parts;
  const gaps = parts?.filter((each) => each.state !== "present").length;
  const bound = (at: string) => (isIntraday(interval) ? <Moment at={at} precision="minute" /> : <Day at={at} />);
  return (
    <Stats>
      <Stat label="Bars">
        <Figure value={rows} digits={0} />
      </Stat>
      <Stat label="First">{bound(first)}</Stat>
      <Stat label="Last">{bound(last)}</Stat>
      <Stat label="Quality" under="of 100">
        <Figure value={score === null ? null : formatScore(score)} why="It is being looked at." />
      </Stat>
      <Stat label="Missing" under="sessions or stretches">
        <Figure value={gaps} digits={0} why="It is being looked at." />
      </Stat>
      <Stat
        label="Source"
        under={
          last_ingestion === null ? (
            <>
              from files, <Age at={changed_at} />
            </>
          ) : (
            <>
              ingested <Age at={last_ingestion.at} />
            </>
          )
        }
      >
        {source}
      </Stat>
    </Stats>
  );
}
