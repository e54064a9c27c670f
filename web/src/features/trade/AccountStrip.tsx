import { useMemo, useState } from "react";
import { useListFillsQuery, type AccountDetail, type AccountMessage } from "@/api";
import { Figure, useNow } from "@/format";
import { cash, positions, useChannel, useFrameValue } from "@/live";
import type { MarkValue } from "./marks";
import { minus } from "./exact";
import classes from "./Strip.module.css";
import { equityAtStart, equityOf, fillsSince } from "./worth";

interface AccountStripProps {
  readonly account: AccountMessage;
  /** As the exchange has it; undefined: it has not said yet. */
  readonly detail: AccountDetail | undefined;
  readonly marks: MarkValue;
}

const WHY_NO_PRICE = "Something that the account holds has not traded yet, so it has no price.";
const DAY_MS = 86_400_000;

/** What the account has. Equity is at the prices of last trades. */
export function AccountStrip({ account, detail, marks }: AccountStripProps) {
  const followed = useMemo(() => ({ cash: cash(account.id), positions: positions(account.id) }), [account.id]);
  const money = useChannel(followed.cash).data?.cash ?? detail?.cash;
  const held = useChannel(followed.positions).data;
  const prices = useFrameValue(marks);
  const equity = held === undefined || money === undefined ? undefined : equityOf(money, held.values(), prices);
  const start = useEquityAtStart(account.id, money, held === undefined ? undefined : [...held.values()], prices);
  const profit = equity === undefined || start === undefined ? undefined : minus(equity, start);
  return (
    <dl className={classes["group"]} aria-label={`Account ${account.name}`}>
      <div>
        <dt>Equity, {account.currency}</dt>
        <dd>
          <Figure value={equity} digits={2} live why={WHY_NO_PRICE} />
        </dd>
      </div>
      <div>
        <dt>Cash</dt>
        <dd>
          <Figure value={money} digits={2} live why="It comes when the exchange runs." />
        </dd>
      </div>
      <div>
        <dt>Buying power</dt>
        <dd>
          <Figure value={detail?.buying_power} digits={2} live why="The exchange does not say now." />
        </dd>
      </div>
      <div>
        <dt>Day P&amp;L</dt>
        <dd>
          <Figure value={profit} digits={2} signed why={equity === undefined ? WHY_NO_PRICE : WHY_NO_START} />
        </dd>
      </div>
    </dl>
  );
}

const WHY_NO_START =
  "What the account was worth when the day (UTC) began is not known yet, or has too many fills to tell.";

/** Once a day: from then on the day's profit is equity without it. */
function useEquityAtStart(
  account: string,
  money: string | undefined,
  held: Parameters<typeof equityAtStart>[1] | undefined,
  marks: Parameters<typeof equityAtStart>[3],
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
