import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  { path: "/sweeps", handle: { crumb: "Sweeps" }, lazy: () => import("./SweepsPage") },
];
