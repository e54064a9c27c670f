import { Text } from "@mantine/core";
import type { ParameterMessage } from "@/api";
import { DataTable, type Column } from "@/tables";
import { allowed, defaultText, TYPES } from "../strategy_text";

const COLUMNS: readonly Column<ParameterMessage>[] = [
  { id: "name", header: "Name", value: (each) => each.name },
  { id: "default", header: "Default", value: defaultText },
  { id: "allowed", header: "Allowed", value: allowed },
  { id: "type", header: "Type", value: (each) => TYPES[each.type] },
  {
    id: "description",
    header: "What it decides",
    narrow: "whole",
    value: (each) => each.description,
    why: "Its author does not say.",
  },
];

export function Parameters({ parameters }: { readonly parameters: readonly ParameterMessage[] }) {
  return (
    <DataTable
      name="parameters"
      columns={COLUMNS}
      rows={parameters}
      keyOf={(each) => each.name}
      withSearch={parameters.length > 10}
      empty={<Text c="var(--faint)">Nothing can be set.</Text>}
    />
  );
}
