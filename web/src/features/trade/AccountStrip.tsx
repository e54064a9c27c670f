import type { AccountDetail, AccountMessage } from "@/api";
import { Figure } from "@/format";
import type { MarkValue } from "@/live/marks";
import { useWorth } from "@/live/use_worth";
import classes from "./Strip.module.css";

interface AccountStripProps {
  readonly account: AccountMessage;
  /** As the exchange has it; undefined: it has not said yet. */
  readonly detail: AccountDetail | undefined;
  readonly marks: MarkValue;
}

/** What the account has. Equity is at the prices of last trades. */
export function AccountStrip({ account, detail, marks }: AccountStripProps) {
  const worth = useWorth(account.id, detail, marks);
  return (
    <dl className={classes["group"]} aria-label={`Account ${account.name}`}>
      <div>
        <dt>Equity, {account.currency}</dt>
        <dd>
          <Figure value={worth.equity} digits={2} live why={worth.whyNoEquity} />
        </dd>
      </div>
      <div>
        <dt>Cash</dt>
        <dd>
          <Figure value={worth.cash} digits={2} live why="It comes when the exchange runs." />
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
          <Figure value={worth.profit} digits={2} signed why={worth.whyNoProfit} />
        </dd>
      </div>
    </dl>
  );
}
