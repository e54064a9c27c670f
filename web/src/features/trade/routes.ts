import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  { path: "/trade", handle: { crumb: "Trade" }, lazy: () => import("./TradePage") },
];
