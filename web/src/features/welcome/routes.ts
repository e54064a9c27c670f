import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  { path: "/welcome", handle: { crumb: "Welcome" }, lazy: () => import("./WelcomePage") },
];
