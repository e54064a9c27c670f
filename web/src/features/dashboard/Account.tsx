import { Anchor, Skeleton } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import { Link } from "react-router";
import type { AccountDetail, AccountMessage } from "@/api";
import { ErrorState, Live, Offline, Stale, TableSkeleton, useStaleAt } from "@/app/states";
import { Figure } from "@/format";
import { positions, useChannel, useFrameValue } from "@/live";
import { MarkFollowers, newMarks, type MarkValue } from "@/live/marks";
import { useAccount } from "@/live/use_account";
import { useWorth } from "@/live/use_worth";
import classes from "./Account.module.css";
import { heldOf } from "./held";
import { HeldTable } from "./HeldTable";

const NOT_SAID = "The exchange does not say now.";

/** One account: what it is worth and earned today, beside what it holds. As high before anything came as after. */
export function Account({ account }: { readonly account: AccountMessage }) {
  const [marks] = useState(newMarks);
  const detail = useAccount(account.id);
  const staleAt = useStaleAt();
  return (
    <article className={classes["account"]} aria-label={account.name}>
      <header className={classes["head"]}>
        <h3>
          <Anchor component={Link} to={`/trade?account=${account.id}`} inherit>
            {account.name}
          </Anchor>
        </h3>
        <span className={classes["unit"]}>{account.currency}</span>
        {detail?.killed === true && (
          <b className={classes["killed"]} role="status">
            Killed: no new orders
          </b>
        )}
        {staleAt !== undefined && detail !== undefined && <Stale at={staleAt} isShort />}
      </header>
      <Live>
        <Figures account={account} detail={detail} marks={marks} />
      </Live>
      <Live>
        <Positions account={account} marks={marks} />
      </Live>
    </article>
  );
}

interface FiguresProps {
  readonly account: AccountMessage;
  readonly detail: AccountDetail | undefined;
  readonly marks: MarkValue;
}

function Figures({ account, detail, marks }: FiguresProps) {
  const worth = useWorth(account.id, detail, marks);
  return (
    <dl className={classes["figures"]}>
      <Named name="Equity" isMain>
        <Figure value={worth.equity} digits={2} live why={worth.whyNoEquity} />
      </Named>
      <Named name="Day P&amp;L" isMain>
        <Figure value={worth.profit} digits={2} signed why={worth.whyNoProfit} />
      </Named>
      <Named name="Cash">
        <Figure value={worth.cash} digits={2} live why="It comes when the exchange runs." />
      </Named>
      <Named name="Buying power">
        <Figure value={detail?.buying_power} digits={2} live why={NOT_SAID} />
      </Named>
      <Named name="Open orders">
        <Link to={`/trade?account=${account.id}&tab=orders`}>
          <Figure value={detail?.open_orders} digits={0} why={NOT_SAID} />
        </Link>
      </Named>
    </dl>
  );
}

interface NamedProps {
  readonly name: string;
  readonly isMain?: boolean;
  readonly children: ReactNode;
}

function Named({ name, isMain = false, children }: NamedProps) {
  return (
    <div data-main={isMain || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Positions({ account, marks }: Omit<FiguresProps, "detail">) {
  const { data, error } = useChannel(useMemo(() => positions(account.id), [account.id]));
  const prices = useFrameValue(marks);
  const isAway = useStaleAt() !== undefined;
  const symbols = useMemo(() => [...(data?.keys() ?? [])], [data]);
  const rows = useMemo(() => heldOf(data?.values() ?? [], prices), [data, prices]);
  return (
    <div className={classes["held"]}>
      <MarkFollowers symbols={symbols} marks={marks} />
      {data !== undefined ? (
        <HeldTable account={account} rows={rows} />
      ) : error !== undefined ? (
        <ErrorState error={error} title="Positions cannot be followed" />
      ) : isAway ? (
        <Offline />
      ) : (
        <TableSkeleton rows={4} />
      )}
    </div>
  );
}

export function AccountSkeleton() {
  return (
    <div className={classes["account"]} role="group" aria-busy="true" aria-label="Loading">
      <div className={classes["head"]}>
        <Skeleton height={14} width={120} />
      </div>
      <div className={classes["figures"]}>
        <Skeleton height={20} width="60%" />
        <Skeleton height={20} width="60%" />
      </div>
      <div className={classes["held"]}>
        <TableSkeleton rows={4} />
      </div>
    </div>
  );
}
