/** Trades that what is selected leaves, and the returns of the run where they are needed for that. */
import { skipToken } from "@reduxjs/toolkit/query";
import { useMemo } from "react";
import { isReturnWithin, isWithin, type Span } from "./bins";
import { useReturnsQuery, type ReturnRow } from "./tables";
import { GROUPS, tradesDuring, type Trade } from "./trades";
import type { Selection } from "./use_selection";

export interface Chosen {
  /** Of a bar of the run's returns, a group and a bar of their own returns; undefined: they are on their way. */
  readonly trades: readonly Trade[] | undefined;
  /** The same, with those of other bars of their own returns. */
  readonly inAllBars: readonly Trade[] | undefined;
  /** The same, with those of other groups. */
  readonly inAllGroups: readonly Trade[] | undefined;
}

type Wanted = Pick<Selection, "group" | "tradeReturn" | "runReturn">;

export function useChosen(backtest: string, all: readonly Trade[] | undefined, wanted: Wanted): Chosen {
  const { group, tradeReturn, runReturn } = wanted;
  const { data, isError } = useReturnsQuery(runReturn === undefined ? skipToken : backtest);
  const rows = data?.rows;
  const held = useMemo(() => {
    // Without them no trade can be told apart: the bar is not chosen then.
    if (all === undefined || runReturn === undefined || isError) return all;
    return rows === undefined ? undefined : tradesDuring(all, periodsOf(rows, runReturn));
  }, [all, rows, runReturn, isError]);
  return useMemo(() => {
    const ofGroup = (each: Trade) => group === undefined || GROUPS[group.by].of(each) === group.key;
    const ofBar = (each: Trade) => tradeReturn === undefined || isWithin(tradeReturn, each.change);
    const inAllBars = group === undefined ? held : held?.filter(ofGroup);
    return {
      inAllBars,
      inAllGroups: tradeReturn === undefined ? held : held?.filter(ofBar),
      trades: tradeReturn === undefined ? inAllBars : inAllBars?.filter(ofBar),
    };
  }, [held, group, tradeReturn]);
}

/** When the run had such a return. */
export function periodsOf(rows: readonly ReturnRow[], span: Span): readonly ReturnRow[] {
  return rows.filter(({ change }) => isReturnWithin(span, change));
}
