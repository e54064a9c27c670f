import { Text } from "@mantine/core";
import { useMemo } from "react";
import { useGetSeriesQualityQuery } from "@/api";
import { Section } from "@/app/Page";
import { Loaded, TableSkeleton } from "@/app/states";
import { formatCount, Moment } from "@/format";
import { DataTable } from "@/tables";
import { ACTION_COLUMNS, asideColumns, FINDING_COLUMNS } from "./quality_columns";

interface QualityProps {
  readonly symbol: string;
  readonly interval: string;
}

/** What there is to doubt of a series, the rows that were not stored, and what its company did. */
export function Quality({ symbol, interval }: QualityProps) {
  const query = useGetSeriesQualityQuery({ symbol, interval });
  const aside = useMemo(() => asideColumns(interval), [interval]);
  return (
    <Loaded
      query={query}
      skeleton={
        <Section title="Quality">
          <TableSkeleton rows={4} />
        </Section>
      }
    >
      {({ findings, set_aside, set_aside_count, actions, as_of }) => (
        <>
          <Section title="Quality">
            <DataTable
              name="findings"
              columns={FINDING_COLUMNS}
              rows={findings}
              keyOf={(each) => `${each.rule} ${each.level}`}
              withSearch={findings.length > 10}
              most={12}
              empty={
                <Text c="var(--faint)">
                  No rule found anything to doubt. As of <Moment at={as_of} precision="minute" />.
                </Text>
              }
            />
          </Section>
          <Section title="Rows set aside">
            <DataTable
              name="rows set aside"
              columns={aside}
              rows={set_aside}
              keyOf={(each) => `${each.at} ${each.received_at} ${each.reason}`}
              most={10}
              withSearch={set_aside.length > 10}
              empty={<Text c="var(--faint)">Every row that came could be stored.</Text>}
            />
            {set_aside_count > set_aside.length && (
              <Text size="sm" c="var(--faint)">
                The first {formatCount(set_aside.length)} of {formatCount(set_aside_count)}.
              </Text>
            )}
          </Section>
          <Section title="Splits and dividends">
            <DataTable
              name="splits and dividends"
              columns={ACTION_COLUMNS}
              rows={actions}
              keyOf={(each) => `${each.ex_date} ${each.kind}`}
              sort={{ by: "date", isDescending: true }}
              most={10}
              withSearch={actions.length > 10}
              empty={<Text c="var(--faint)">None is known.</Text>}
            />
          </Section>
        </>
      )}
    </Loaded>
  );
}
