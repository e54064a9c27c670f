import { Button } from "@mantine/core";
import { Link, useParams } from "react-router";
import { Page, Section } from "@/app/Page";
import { TextSkeleton } from "@/app/states";
import { useAllSeries } from "../requests";
import { Coverage } from "./Coverage";
import { Quality } from "./Quality";
import { SeriesFacts } from "./SeriesFacts";

/** One series: what there is of it, what lacks, and what there is to doubt. */
export function Component() {
  const { symbol = "", interval = "" } = useParams();
  const query = useAllSeries(undefined);
  const series = query.data?.find((each) => each.symbol === symbol && each.interval === interval);
  const name = new URLSearchParams({ symbol, interval }).toString();
  const actions = (
    <>
      <Button component={Link} to={`/data/ingest?${name}`} variant="default">
        Ingest more
      </Button>
      <Button component={Link} to={`/backtests/new?${name}`}>
        Run backtest
      </Button>
    </>
  );
  return (
    <Page title={`${symbol} · ${interval}`} actions={actions}>
      {series === undefined ? <TextSkeleton lines={3} /> : <SeriesFacts series={series} />}
      <Section title="Coverage">
        <Coverage symbol={symbol} interval={interval} source={series?.source ?? "auto"} />
      </Section>
      <Quality symbol={symbol} interval={interval} />
    </Page>
  );
}
