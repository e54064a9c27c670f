import { Tabs } from "@mantine/core";
import { useCallback, useMemo, useState, type ComponentProps, type ReactNode } from "react";
import type { NewOrder, OrderMessage } from "@arbitrax/client";
import type { AccountDetail, AccountMessage, InstrumentMessage } from "@/api";
import { ComesByItself, Live, Stale, useStaleAt } from "@/app/states";
import { DepthChart } from "@/charts";
import { formatDecimal, formatNumber } from "@/format";
import { digitsOf, nearest, plain } from "@/format/exact";
import { book, orders, positions, useChannel, useChannelValue } from "@/live";
import { MarkFollowers, newMarks } from "@/live/marks";
import { useAccount } from "@/live/use_account";
import { AccountStrip } from "./AccountStrip";
import { changeBy, type Moved } from "./chart_lines";
import { Drift } from "./Drift";
import { Fills } from "./Fills";
import { History } from "./History";
import { averagePrice, restingByPrice } from "./ladder_rows";
import { MarketChart } from "./MarketChart";
import { MarketStrip } from "./MarketStrip";
import { OpenOrders } from "./OpenOrders";
import { OrderBook } from "./OrderBook";
import { OrderTicket } from "./OrderTicket";
import { orderRows } from "./order_rows";
import { Positions } from "./Positions";
import { SentOrders } from "./SentOrders";
import { byClientId } from "./sent_orders";
import strip from "./Strip.module.css";
import { Tape } from "./Tape";
import type { LadderChoice, Market } from "./ticket";
import classes from "./TradeDesk.module.css";
import { useOrderChanges } from "./use_order_changes";
import { useOrderSender } from "./use_order_sender";
import type { DeskAddress } from "./use_desk_address";

interface TradeDeskProps {
  readonly instrument: InstrumentMessage;
  readonly instruments: readonly InstrumentMessage[];
  readonly account: AccountMessage;
  readonly address: DeskAddress;
  /** The page around the desk: its kill switch needs the account as it is. */
  readonly children: (account: AccountDetail | undefined, openOrders: number, desk: ReactNode) => ReactNode;
}

const NO_ORDERS: ReadonlyMap<string, OrderMessage> = new Map();

export function TradeDesk({ instrument, instruments, account, address, children }: TradeDeskProps) {
  const market = useMemo(() => marketOf(instrument), [instrument]);
  const markets = useMemo(() => new Map(instruments.map((each) => [each.symbol, marketOf(each)])), [instruments]);
  const ofSymbol = useCallback((symbol: string) => markets.get(symbol), [markets]);
  const [marks] = useState(newMarks);
  const [choice, setChoice] = useState<LadderChoice>();
  const detail = useAccount(account.id);
  const followed = useMemo(() => ({ orders: orders(account.id), positions: positions(account.id) }), [account.id]);
  const mine = useChannel(followed.orders).data ?? NO_ORDERS;
  const held = useChannel(followed.positions).data;
  const { sent, send, sendAgain } = useOrderSender(account.id);
  const { underWay, cancel, change } = useOrderChanges();
  const known = useMemo(() => byClientId(mine.values()), [mine]);
  const rows = useMemo(() => orderRows(mine, sent, underWay), [mine, sent, underWay]);
  const openCount = rows.filter((each) => each.order !== undefined).length;
  const onMove = useCallback((order: OrderMessage, to: Moved) => change(order, changeBy(order, to)), [change]);
  const cancelAt = useCallback(
    (price: string) => {
      for (const each of restingByPrice(mine.values(), market.symbol).get(plain(price)) ?? []) cancel(each);
    },
    [mine, market, cancel],
  );
  const heldSymbols = useMemo(() => [...(held?.keys() ?? [])], [held]);
  const desk = (
    <div className={classes["desk"]} data-parts>
      <ComesByItself />
      <MarkFollowers symbols={heldSymbols} marks={marks} />
      <Live className={strip["strip"]}>
        <MarketStrip symbol={market.symbol} />
        <AccountStrip account={account} detail={detail} marks={marks} />
      </Live>
      <div className={classes["grid"]}>
        <div className={classes["charts"]}>
          <MarketChart
            key={market.symbol}
            instrument={instrument}
            market={market}
            interval={address.interval}
            onInterval={(interval) => address.set({ interval })}
            orders={mine}
            underWay={underWay}
            onMove={onMove}
          />
        </div>
        <div className={classes["ladder"]}>
          <OrderBook symbol={market.symbol} account={account.id} onChoose={setChoice} onCancel={cancelAt} />
        </div>
        <div className={classes["ticket"]}>
          <Ticket
            key={market.symbol}
            market={market}
            account={detail}
            currency={account.currency}
            choice={choice}
            held={held?.get(market.symbol)?.quantity ?? "0"}
            onSend={send}
          />
          <SentOrders sent={sent} known={known} onAgain={sendAgain} />
        </div>
        <div className={classes["lower"]}>
          <Depth market={market} />
          <Tape symbol={market.symbol} rows={8} />
        </div>
      </div>
      <Tabs
        className={classes["tabs"] ?? ""}
        value={address.tab}
        onChange={(tab) => tab !== null && address.set({ tab })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="positions">Positions</Tabs.Tab>
          <Tabs.Tab value="orders">Open orders ({rows.length})</Tabs.Tab>
          <Tabs.Tab value="fills">Fills</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="drift">Drift</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="positions" className={classes["panel"] ?? ""}>
          <Live>
            <Positions
              account={account.id}
              marks={marks}
              marketOf={ofSymbol}
              onChoose={(symbol) => address.set({ symbol })}
            />
          </Live>
        </Tabs.Panel>
        <Tabs.Panel value="orders" className={classes["panel"] ?? ""}>
          <Live>
            <OpenOrders account={account.id} rows={rows} marketOf={ofSymbol} onCancel={cancel} onChange={change} />
          </Live>
        </Tabs.Panel>
        <Tabs.Panel value="fills" className={classes["panel"] ?? ""}>
          <Live>
            <Fills account={account.id} marketOf={ofSymbol} />
          </Live>
        </Tabs.Panel>
        <Tabs.Panel value="history" className={classes["panel"] ?? ""}>
          <Live>
            <History account={account.id} marketOf={ofSymbol} />
          </Live>
        </Tabs.Panel>
        <Tabs.Panel value="drift" className={classes["panel"] ?? ""}>
          <Drift />
        </Tabs.Panel>
        <TabsMark />
      </Tabs>
    </div>
  );
  return children(detail, openCount, desk);
}

/** In the line of the tabs, whichever is open. */
function TabsMark() {
  const staleAt = useStaleAt();
  return <div className={classes["mark"]}>{staleAt !== undefined && <Stale at={staleAt} />}</div>;
}

function Depth({ market }: { readonly market: Market }) {
  const value = useChannelValue(useMemo(() => book(market.symbol), [market.symbol]));
  const read = useCallback(() => value.shown.data, [value]);
  const price = useCallback((at: number) => formatDecimal(nearest(at, market.tick)), [market.tick]);
  const quantity = useCallback((of: number) => formatNumber(of, { digits: digitsOf(market.lot) }), [market.lot]);
  return (
    <Live>
      <div className={classes["label"]}>Depth, 50 levels a side</div>
      <DepthChart
        label={`Depth of ${market.symbol}`}
        height={144}
        read={read}
        subscribe={value.subscribe}
        tick={Number(market.tick)}
        price={price}
        quantity={quantity}
      />
    </Live>
  );
}

type TicketProps = Omit<ComponentProps<typeof OrderTicket>, "bestPrice" | "averagePrice">;

/** The ticket with prices of the book, read when it needs them. */
function Ticket(props: TicketProps) {
  const { symbol } = props.market;
  const value = useChannelValue(useMemo(() => book(symbol), [symbol]));
  const against = (side: "buy" | "sell") => (side === "buy" ? value.next.data?.asks : value.next.data?.bids) ?? [];
  return (
    <OrderTicket
      {...props}
      bestPrice={(side) => against(side)[0]?.[0]}
      averagePrice={(side: NonNullable<NewOrder["side"]>, quantity) => averagePrice(against(side), Number(quantity))}
    />
  );
}

function marketOf({ symbol, trading }: InstrumentMessage): Market {
  return { symbol, tick: trading?.tick_size ?? "0.01", lot: trading?.lot_size ?? "1" };
}
