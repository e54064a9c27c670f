import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  {
    path: "/backtests",
    handle: { crumb: "Backtests" },
    children: [
      { index: true, lazy: () => import("./list/BacktestsPage") },
      { path: "new", handle: { crumb: "New" }, lazy: () => import("./form/NewBacktestPage") },
      { path: "compare", handle: { crumb: "Compare" }, lazy: () => import("./compare/ComparePage") },
      {
        path: ":backtest",
        handle: { crumb: ({ backtest = "" }: { backtest?: string }) => `${backtest.slice(0, 10)}…` },
        lazy: () => import("./RunPage"),
      },
    ],
  },
];
