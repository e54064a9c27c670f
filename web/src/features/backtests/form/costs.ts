/** What trading is said to cost: sets that people know by name, and their numbers. */
import type { NewBacktest } from "@/api";

export type CostFields = Required<Pick<NewBacktest, "commission_bps" | "slippage_bps" | "costs">>;

export interface CostPreset {
  readonly id: string;
  readonly label: string;
  /** What it charges, in words. */
  readonly about: string;
  readonly fields: CostFields;
}

export const PRESETS: readonly CostPreset[] = [
  preset("retail", "Retail", "10 bps commission, 5 bps slippage", 10, 5),
  preset(
    "per_share",
    "US stocks, by the share",
    "0.005 a share, at least 1 an order, at most 1%; 2 bps slippage",
    0,
    2,
    {
      per_share: "0.005",
      minimum: "1",
      maximum_bps: 100,
    },
  ),
  preset("crypto", "Crypto exchange", "25 bps taker, 15 bps maker, 5 bps slippage", 25, 5, { maker_bps: 15 }),
  preset(
    "impact",
    "Large orders",
    "1 bps commission; slippage grows with the share of volume; at most 10% of it",
    1,
    0,
    {
      square_root: 0.5,
      participation: 0.1,
    },
  ),
  preset("none", "None", "Nothing costs anything", 0, 0),
];
export const OWN = "own";

/** Of which preset fields are; `own`: of none. */
export function presetOf({ commission_bps, slippage_bps, costs }: CostFields): string {
  const asked = JSON.stringify([commission_bps, slippage_bps, spoken(costs)]);
  const found = PRESETS.find(
    ({ fields }) => JSON.stringify([fields.commission_bps, fields.slippage_bps, spoken(fields.costs)]) === asked,
  );
  return found?.id ?? OWN;
}

export function isFree({ commission_bps, slippage_bps, costs }: CostFields): boolean {
  return commission_bps === 0 && slippage_bps === 0 && spoken(costs).length === 0;
}

/** What differs from nothing, in an order that does not depend on how it was written. */
function spoken(costs: CostFields["costs"]): [string, unknown][] {
  return Object.entries(costs)
    .filter(([name, value]) => {
      if (name === "currency_unit" || value === null) return false;
      return Array.isArray(value) ? value.length > 0 : Number(value) !== 0;
    })
    .sort(([one], [other]) => one.localeCompare(other));
}

function preset(
  id: string,
  label: string,
  about: string,
  commission_bps: number,
  slippage_bps: number,
  costs: CostFields["costs"] = {},
): CostPreset {
  return { id, label, about, fields: { commission_bps, slippage_bps, costs } };
}
