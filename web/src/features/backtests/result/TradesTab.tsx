import { CloseButton, Select } from "@mantine/core";
import { useState } from "react";
import { Section } from "@/app/Page";
import { DataTable, type Column } from "@/tables";
import type { Span } from "./bins";
import { ChosenBar } from "./ChosenBar";
import classes from "./Result.module.css";
import { TradeLog } from "./TradeLog";
import { GROUPS, groupTrades, type Grouping, type Trade, type TradeGroup } from "./trades";
import type { Group } from "./use_selection";

interface TradesTabProps {
  /** Of the range that is seen. */
  readonly trades: readonly Trade[];
  /** Whether these are all; the first ones are there before. */
  readonly isWhole: boolean;
  readonly group: Group | undefined;
  /** Bars of histograms that are chosen. */
  readonly tradeReturn: Span | undefined;
  readonly runReturn: Span | undefined;
  readonly onAllReturns: (which: "trade-return" | "run-return") => void;
  readonly hasTimes: boolean;
  readonly hasSymbols: boolean;
  readonly onGroup: (group: Group | undefined) => void;
  readonly onShow: (trade: Trade) => void;
}

const COLUMNS: readonly Column<TradeGroup>[] = [
  { id: "key", header: "Group", value: (each) => each.key },
  { id: "trades", header: "Trades", value: (each) => each.trades, kind: "decimal", digits: 0 },
  { id: "won", header: "Won", value: (each) => each.won / each.trades, kind: "percent", digits: 0 },
  { id: "pnl", header: "P&L", value: (each) => each.pnl, kind: "decimal", digits: 2, signed: true },
  { id: "change", header: "Mean return", value: (each) => each.change, kind: "percent", signed: true },
  {
    id: "factor",
    header: "Profit factor",
    value: (each) => each.profitFactor,
    kind: "decimal",
    digits: 2,
    why: "It lost nothing.",
  },
  { id: "held", header: "Mean held", unit: "d", value: (each) => each.seconds / 86_400, kind: "decimal", digits: 1 },
];

/** Trades, and what they have in common; a group that is chosen is looked at alone, on the chart too. */
export function TradesTab(props: TradesTabProps) {
  const { trades, isWhole, group, tradeReturn, runReturn, hasTimes, hasSymbols } = props;
  const { onAllReturns, onGroup, onShow } = props;
  const [by, setBy] = useState<Grouping | null>(group?.by ?? null);
  const shown = group === undefined ? trades : trades.filter((each) => GROUPS[group.by].of(each) === group.key);
  return (
    <>
      <div className={classes["bar"]}>
        <Select
          size="xs"
          aria-label="Group trades by"
          placeholder="Group by"
          data={Object.entries(GROUPS).map(([value, { label }]) => ({ value, label }))}
          value={by}
          clearable
          disabled={!isWhole}
          onChange={(value) => {
            setBy(value as Grouping | null);
            onGroup(undefined);
          }}
        />
        {!isWhole && <span role="status">These are the first; the others are on their way.</span>}
        {group !== undefined && (
          <span>
            Only {GROUPS[group.by].label.toLowerCase()} <b>{group.key}</b>
            <CloseButton size="xs" aria-label="All groups" onClick={() => onGroup(undefined)} />
          </span>
        )}
        <ChosenBar what="trade-return" span={tradeReturn} onClear={() => onAllReturns("trade-return")} />
        <ChosenBar what="run-return" span={runReturn} onClear={() => onAllReturns("run-return")} />
      </div>
      {by !== null && isWhole && trades.length > 0 && (
        <Section>
          <DataTable
            name="groups"
            columns={COLUMNS}
            rows={groupTrades(trades, by)}
            keyOf={(each) => each.key}
            chosen={group?.key}
            withSearch={false}
            most={12}
            empty={null}
            onChoose={({ key }) => onGroup(group?.key === key ? undefined : { by, key })}
          />
        </Section>
      )}
      <TradeLog trades={shown} hasTimes={hasTimes} hasSymbols={hasSymbols} onChoose={onShow} />
    </>
  );
}
