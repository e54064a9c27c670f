import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  { path: "/exchange", handle: { crumb: "Exchange" }, lazy: () => import("./ExchangePage") },
];
