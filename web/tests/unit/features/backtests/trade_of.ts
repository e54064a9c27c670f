import type { Trade } from "@/features/backtests/result/trades";

/** A trade, as far as a test does not say otherwise. */
export function tradeOf(some: Partial<Trade>): Trade {
  const told = {
    number: 1,
    symbol: "AAPL",
    side: "long",
    quantity: "1",
    entryTime: "2024-01-02T14:30:00Z",
    entryPrice: "10",
    entryReason: "market",
    entryTag: null,
    exitTime: "2024-01-05T15:00:00Z",
    exitPrice: "11",
    exitReason: "signal",
    exitTag: null,
    isOpen: false,
    pnl: "1",
    change: 0.1,
    mae: -0.05,
    mfe: 0.12,
    fees: "0",
    slippage: "0",
    seconds: 3600,
    ...some,
  };
  const [entered, left] = [told.entryTime, told.exitTime].map((each) => Date.parse(each) / 1000) as [number, number];
  return { entered, left, profit: Number(told.pnl), ...told };
}
