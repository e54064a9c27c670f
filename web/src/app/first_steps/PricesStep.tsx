import { Alert, Button, Select, Text } from "@mantine/core";
import { sentenceOf, type SeriesMessage } from "@/api";
import { formatCount, formatDay } from "@/format";
import { useLoadSample } from "./use_load_sample";

interface PricesStepProps {
  readonly series: readonly SeriesMessage[];
  readonly symbol: string | undefined;
  readonly onChoose: (symbol: string) => void;
}

/** What is stored; or the button that stores the sample. */
export function PricesStep({ series, symbol, onChoose }: PricesStepProps) {
  const sample = useLoadSample();
  const found = series.find((each) => each.symbol === symbol);
  if (found === undefined) {
    return (
      <>
        <Text size="sm" c="var(--faint)" mb="sm">
          Nothing is stored yet. Real daily prices are bundled.
        </Text>
        <Button variant="default" loading={sample.isLoading} onClick={sample.load}>
          Load the sample prices
        </Button>
        {sample.error !== undefined && (
          <Alert color="orange" role="alert" mt="sm">
            {sentenceOf(sample.error)}
          </Alert>
        )}
      </>
    );
  }
  return (
    <>
      <Select
        aria-label="Prices of"
        data={[...new Set(series.map((each) => each.symbol))]}
        value={found.symbol}
        allowDeselect={false}
        searchable={series.length > 10}
        onChange={(chosen) => chosen !== null && onChoose(chosen)}
      />
      <Text size="sm" c="var(--faint)" mt={4}>
        {formatCount(found.rows)} days, {formatDay(found.first)} to {formatDay(found.last)}
        {found.source === "sample" && ", bundled"}
      </Text>
    </>
  );
}
