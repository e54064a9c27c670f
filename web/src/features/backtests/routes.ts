import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  {
    path: "/backtests",
    handle: { crumb: "Backtests" },
    children: [
      { index: true, lazy: () => import("./BacktestsPage") },
      {
        path: ":backtest",
        handle: { crumb: ({ backtest = "" }: { backtest?: string }) => `${backtest.slice(0, 10)}…` },
        lazy: () => import("./RunPage"),
      },
    ],
  },
];
