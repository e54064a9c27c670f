import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  {
    path: "/strategies",
    handle: { crumb: "Strategies" },
    children: [
      { index: true, lazy: () => import("./StrategiesPage") },
      {
        path: ":name",
        handle: { crumb: ({ name = "" }: { readonly name?: string }) => name },
        lazy: () => import("./page/StrategyPage"),
      },
    ],
  },
];
