import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [
  { path: "/login", lazy: () => import("./LoginPage") },
  { path: "/password", lazy: () => import("./FirstPasswordPage") },
];
