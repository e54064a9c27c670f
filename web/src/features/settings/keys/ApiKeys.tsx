import { Text } from "@mantine/core";
import { useListKeysQuery } from "@/api";
import { Section } from "@/app/Page";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { DataTable } from "@/tables";
import { KEY_COLUMNS } from "./key_columns";
import { NewApiKey } from "./NewApiKey";

/** Keys for programs: made, shown once, revoked. */
export function ApiKeys() {
  const query = useListKeysQuery({ limit: 500 });
  return (
    <>
      <Section title="New key">
        <Text c="var(--faint)" mb="sm">
          A program sends it in place of a password. It may do what its scopes say, and never more than you.
        </Text>
        <NewApiKey />
      </Section>
      <Section title="API keys">
        <Loaded query={query} skeleton={<TableSkeleton rows={4} />}>
          {({ data }) => (
            <DataTable
              name="keys"
              columns={KEY_COLUMNS}
              rows={data}
              keyOf={(each) => each.id}
              withSearch={data.length > 10}
              empty={
                <Empty title="There is no key yet" command="arbitrax key add USER NAME --scope read">
                  Keys are listed here with what they may do and when they were last used.
                </Empty>
              }
            />
          )}
        </Loaded>
      </Section>
    </>
  );
}
