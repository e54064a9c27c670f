/** What an account is worth as it goes, at the prices of last trades, and what it earned since the day (UTC) began. */
import { useMemo, useState } from "react";
import type { PositionMessage } from "@arbitrax/client";
import { useListFillsQuery, type AccountDetail } from "@/api";
import { minus } from "@/format/exact";
import { useNow } from "@/format";
import { cash, positions } from "./account";
import { useChannel } from "./channels";
import { useFrameValue } from "./frame_value";
import type { MarkValue } from "./marks";
import { equityAtStart, equityOf, fillsSince, type Marks } from "./worth";

const DAY_MS = 86_400_000;
const WHY_NO_PRICE = "Something that the account holds has not traded yet, so it has no price.";
const WHY_NOT_HEARD = "It comes when the exchange runs.";
const WHY_NO_START =
  "What the account was worth when the day (UTC) began is not known yet, or has too many fills to tell.";

export interface Worth {
  /** Each undefined: it is not known, as `why...` says. */
  readonly cash: string | undefined;
  readonly equity: string | undefined;
  readonly profit: string | undefined;
  readonly whyNoEquity: string;
  readonly whyNoProfit: string;
}

/** `detail`: as the exchange has it, for its cash before the channel tells. */
export function useWorth(account: string, detail: AccountDetail | undefined, marks: MarkValue): Worth {
  const followed = useMemo(() => ({ cash: cash(account), positions: positions(account) }), [account]);
  const money = useChannel(followed.cash).data?.cash ?? detail?.cash;
  const held = useChannel(followed.positions).data;
  const prices = useFrameValue(marks);
  const isKnown = held !== undefined && money !== undefined;
  const equity = isKnown ? equityOf(money, held.values(), prices) : undefined;
  const start = useEquityAtStart(account, money, held === undefined ? undefined : [...held.values()], prices);
  const whyNoEquity = isKnown ? WHY_NO_PRICE : WHY_NOT_HEARD;
  return {
    cash: money,
    equity,
    profit: equity === undefined || start === undefined ? undefined : minus(equity, start),
    whyNoEquity,
    whyNoProfit: equity === undefined ? whyNoEquity : WHY_NO_START,
  };
}

/** Once a day: from then on the day's profit is equity without it. */
function useEquityAtStart(
  account: string,
  money: string | undefined,
  held: readonly PositionMessage[] | undefined,
  marks: Marks,
): string | undefined {
  const today = Math.floor(useNow(60_000) / DAY_MS) * DAY_MS;
  const { data } = useListFillsQuery({ account, limit: 500 });
  const [known, setKnown] = useState<{ of: string; equity: string }>();
  const of = `${account} ${today}`;
  const fills = data === undefined ? undefined : fillsSince(data.data, today, data.has_more);
  const isWanted = known?.of !== of && fills !== undefined && held !== undefined && money !== undefined;
  const found = isWanted ? equityAtStart(money, held, fills, marks) : undefined;
  if (found !== undefined) setKnown({ of, equity: found });
  return known?.of === of ? known.equity : undefined;
}
