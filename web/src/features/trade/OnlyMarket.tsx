import { OpenPaperAccount } from "@/app/OpenPaperAccount";
import { ComesByItself, Empty, Live } from "@/app/states";
import { MarketStrip } from "./MarketStrip";
import { OrderBook } from "./OrderBook";
import strip from "./Strip.module.css";
import { Tape } from "./Tape";
import classes from "./TradeDesk.module.css";

/** A market without an account: it is watched, not traded. */
export function OnlyMarket({ symbol }: { readonly symbol: string }) {
  return (
    <div className={classes["desk"]} data-parts>
      <ComesByItself />
      <Empty
        title="No account is yours yet"
        command="arbitrax exchange give ACCOUNT USER"
        action={<OpenPaperAccount />}
      >
        Orders need an account of the paper exchange, with cash that exists there only. The market is shown meanwhile.
      </Empty>
      <Live className={strip["strip"]}>
        <MarketStrip symbol={symbol} />
      </Live>
      <div className={classes["grid"]}>
        <div className={classes["charts"]}>
          <Tape symbol={symbol} rows={24} />
        </div>
        <div className={classes["ladder"]}>
          <OrderBook symbol={symbol} />
        </div>
      </div>
    </div>
  );
}
