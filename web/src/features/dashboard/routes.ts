import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  { path: "/", handle: { crumb: "Dashboard" }, lazy: () => import("./DashboardPage") },
];
