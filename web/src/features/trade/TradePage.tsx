import { Select } from "@mantine/core";
import { useListAccountsQuery, useListInstrumentsQuery, type AccountMessage, type InstrumentMessage } from "@/api";
import { ownFirst, useIsOwn } from "@/app/own_accounts";
import { Page } from "@/app/Page";
import { Empty, Loaded, NotFound, TableSkeleton } from "@/app/states";
import { KillSwitch } from "./KillSwitch";
import { MarketPhase } from "./MarketStrip";
import { OnlyMarket } from "./OnlyMarket";
import { TradeDesk } from "./TradeDesk";
import { useDeskAddress } from "./use_desk_address";

const SKELETON = (
  <Page title="Trade">
    <TableSkeleton rows={20} />
  </Page>
);

export function Component() {
  const instruments = useListInstrumentsQuery({ limit: 500 });
  const accounts = useListAccountsQuery({ limit: 100 });
  const isOwn = useIsOwn();
  return (
    <Loaded query={instruments} skeleton={SKELETON}>
      {({ data: listed }) => (
        <Loaded query={accounts} skeleton={SKELETON}>
          {({ data }) => (
            <Desk
              instruments={listed.filter((each) => each.trading !== null)}
              accounts={ownFirst(data, isOwn)}
              isOld={accounts.isFetching}
            />
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

interface DeskProps {
  readonly instruments: readonly InstrumentMessage[];
  readonly accounts: readonly AccountMessage[];
  /** They are being asked for again: one may have been opened. */
  readonly isOld: boolean;
}

function Desk({ instruments, accounts, isOld }: DeskProps) {
  const address = useDeskAddress();
  const instrument = instruments.find((each) => each.symbol === address.symbol) ?? instruments[0];
  const isOwn = useIsOwn();
  if (instrument === undefined) {
    return (
      <Page title="Trade">
        <Empty title="Nothing can be traded yet" command="arbitrax exchange configure">
          The book, the tape and your orders are shown here as soon as the paper exchange lists a market.
        </Empty>
      </Page>
    );
  }
  if (address.symbol !== undefined && address.symbol !== instrument.symbol) {
    return (
      <Page title={address.symbol}>
        <Empty title={`${address.symbol} is not traded here`}>
          The paper exchange lists {instruments.map((each) => each.symbol).join(", ")}.
        </Empty>
      </Page>
    );
  }
  const named = accounts.find(({ id, name }) => [id, name].includes(address.account ?? ""));
  // Nobody who was sent to an account trades from another one instead.
  if (address.account !== undefined && named === undefined) {
    if (isOld) return SKELETON;
    return (
      <Page title="Trade">
        <NotFound>{`You have no account ${address.account}.`}</NotFound>
      </Page>
    );
  }
  const account = named ?? accounts[0];
  // An admin sees accounts of others, the house's among them: one of those is chosen, never proposed.
  const isMeant = account !== undefined && (named !== undefined || isOwn(account));
  const title = (
    <>
      {instrument.symbol} <MarketPhase symbol={instrument.symbol} />
    </>
  );
  const choices = (
    <>
      <Select
        w={128}
        aria-label="Symbol"
        data={instruments.map((each) => each.symbol)}
        value={instrument.symbol}
        searchable
        allowDeselect={false}
        onChange={(symbol) => symbol !== null && address.set({ symbol })}
      />
      {(accounts.length > 1 || !isMeant) && accounts.length > 0 && (
        <Select
          w={160}
          aria-label="Account"
          data={accounts.map((each) => ({ value: each.id, label: each.name }))}
          placeholder="Another’s account"
          value={isMeant ? account.id : null}
          allowDeselect={false}
          onChange={(chosen) => chosen !== null && address.set({ account: chosen })}
        />
      )}
    </>
  );
  if (!isMeant) {
    return (
      <Page title={title} about={instrument.name ?? undefined} actions={choices}>
        <OnlyMarket symbol={instrument.symbol} />
      </Page>
    );
  }
  return (
    <TradeDesk key={account.id} instrument={instrument} instruments={instruments} account={account} address={address}>
      {(detail, openOrders, body) => (
        <Page
          title={title}
          about={instrument.name ?? undefined}
          actions={
            <>
              {choices}
              <KillSwitch account={account.id} isKilled={detail?.killed ?? undefined} openOrders={openOrders} />
            </>
          }
        >
          {body}
        </Page>
      )}
    </TradeDesk>
  );
}
