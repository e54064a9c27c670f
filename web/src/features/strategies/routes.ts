import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  { path: "/strategies", handle: { crumb: "Strategies" }, lazy: () => import("./StrategiesPage") },
];
