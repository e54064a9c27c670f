/** What a run was exposed to as curves, and events of its account in words. */
import type { AccountEvent, Exposure } from "@/api";
import { COMPARED, type Pane, type Points, type Series } from "@/charts";
import { formatDecimal, formatPercent } from "@/format";

const HEIGHTS = { exposure: 220, weights: 240 };
const percent = (value: number) => formatPercent(value, 1);
const wholePercent = (value: number) => formatPercent(value, 0);
const FORMATS = { format: percent, axis: wholePercent };

/** Gross, net, long and short exposure, and the largest weights below; a run that was only long has one curve. */
export function exposurePanes({ timestamp, long, short, weights }: Exposure): Pane[] {
  const times = timestamp.map((each) => Date.parse(each) / 1000);
  const curve = (values: readonly number[]): Points => ({ times, values });
  const line = (id: string, name: string, colour: "faint" | "text", values: readonly number[]): Series => {
    return { id, name, kind: "line", colour, data: curve(values), isThin: true };
  };
  const longs: Series = { id: "long", name: "Long", kind: "area", colour: "one", data: curve(long) };
  const both: readonly Series[] = [
    longs,
    { id: "short", name: "Short", kind: "area", colour: "two", data: curve(short) },
    line(
      "gross",
      "Gross",
      "faint",
      long.map((each, at) => each - (short[at] ?? 0)),
    ),
    line(
      "net",
      "Net",
      "text",
      long.map((each, at) => each + (short[at] ?? 0)),
    ),
  ];
  const panes: Pane[] = [
    { id: "exposure", height: HEIGHTS.exposure, series: short.some((each) => each < 0) ? both : [longs], ...FORMATS },
  ];
  if (weights.length > 0)
    panes.push({
      id: "weights",
      height: HEIGHTS.weights,
      series: weights.map(({ symbol, values }, at) => {
        const colour = COMPARED[at % COMPARED.length] ?? "one";
        return { id: `weight ${symbol}`, name: symbol, kind: "line", colour, isThin: true, data: curve(values) };
      }),
      ...FORMATS,
    });
  return panes;
}

/** On paper frequent events are counted only. */
export function isRare(event: AccountEvent): boolean {
  return !event.is_frequent;
}

export function amountOf({ is_money, amount }: AccountEvent): string | null {
  return is_money ? amount : null;
}

/** What the numbers of an event say; those of each kind mean something else. */
export function whatOf({ event, quantity, price, amount }: AccountEvent): string {
  const [units, each, money] = [unitsText(quantity), plain(price), moneyText(price)];
  switch (event) {
    case "dividend":
      return `${each} a unit on ${units} held`;
    case "dividend_paid":
      return "of ex-dates before";
    case "split":
      return `${each} for 1, then ${units} held`;
    case "cash_in_lieu":
      return `${unsigned(units)} given up at ${each}`;
    case "borrow_fee":
      return `${unsigned(units)} borrowed at ${each}`;
    case "interest":
      return `on a balance of ${money}`;
    case "margin_call":
      return `positions of ${moneyText(quantity)}, equity ${money}, ${moneyText(amount)} below the requirement`;
    case "bankruptcy":
      return `positions of ${moneyText(quantity)}, equity ${money}`;
    default:
      return `${Number(quantity) < 0 ? "sold" : "bought"} ${unsigned(units)} at ${each}`;
  }
}

function unitsText(value: string | null): string {
  return value !== null && Number.isInteger(Number(value)) ? formatDecimal(value, { digits: 0 }) : plain(value);
}

function moneyText(value: string | null): string {
  return value === null ? "" : formatDecimal(value, { digits: 2 });
}

/** With as many digits as it needs, up to four. */
function plain(value: string | null): string {
  return value === null ? "" : formatDecimal(value, { digits: 4 }).replace(/(\.\d\d\d*?)0+$/, "$1");
}

function unsigned(text: string): string {
  return text.replace(/^\u2212/, "");
}
