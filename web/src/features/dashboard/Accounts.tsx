import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { useListAccountsQuery, type AccountMessage } from "@/api";
import { Stat, Stats } from "@/app/Page";
import { CardSkeleton, Empty, Loaded } from "@/app/states";
import { Figure } from "@/format";
import { cash, positions, useChannel } from "@/live";

export function Accounts() {
  const query = useListAccountsQuery({ limit: 100 });
  return (
    <Loaded
      query={query}
      skeleton={
        <Stats>
          <CardSkeleton />
        </Stats>
      }
    >
      {({ data }) =>
        data.length === 0 ? (
          <Empty title="No account is yours yet" command="arbitrax exchange configure">
            An account of the paper exchange holds cash, positions and orders. The operator of this installation lists a
            market, and gives you an account of it.
          </Empty>
        ) : (
          data.map((each) => <Account key={each.id} account={each} />)
        )
      }
    </Loaded>
  );
}

function Account({ account }: { readonly account: AccountMessage }) {
  const money = useChannel(cash(account.id));
  const held = useChannel(positions(account.id));
  const open = [...(held.data?.values() ?? [])].filter((each) => !/^-?0+(\.0+)?$/.test(each.quantity));
  return (
    <Stats>
      <Stat label="Account">
        <Anchor component={Link} to={`/trade?account=${account.id}`} inherit c="inherit">
          {account.name}
        </Anchor>
      </Stat>
      <Stat label={`Cash, ${money.data?.currency ?? account.currency}`}>
        <Figure value={money.data?.cash} digits={2} live why="It comes when the exchange runs." />
      </Stat>
      <Stat label="Open positions" under={open.map((each) => each.symbol).join(", ")}>
        {held.data === undefined ? <Figure value={null} why="They come when the exchange runs." /> : open.length}
      </Stat>
    </Stats>
  );
}
