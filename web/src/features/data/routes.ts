import type { RouteObject } from "react-router";

export const routes: RouteObject[] = [{ path: "/data", handle: { crumb: "Data" }, lazy: () => import("./DataPage") }];
