import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  { path: "/settings", handle: { crumb: "Settings" }, lazy: () => import("./SettingsPage") },
];
