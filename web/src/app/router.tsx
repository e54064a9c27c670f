/** Every address of the page. A feature's addresses are in its own folder, and its code is loaded when it is opened. */
import { createBrowserRouter, type RouteObject } from "react-router";
import { routes as backtests } from "@/features/backtests/routes";
import { routes as dashboard } from "@/features/dashboard/routes";
import { routes as data } from "@/features/data/routes";
import { routes as exchange } from "@/features/exchange/routes";
import { routes as login } from "@/features/login/routes";
import { routes as settings } from "@/features/settings/routes";
import { routes as strategies } from "@/features/strategies/routes";
import { routes as sweeps } from "@/features/sweeps/routes";
import { routes as trade } from "@/features/trade/routes";
import { routes as welcome } from "@/features/welcome/routes";
import { Frame } from "./frame/Frame";
import { NoSuchPage } from "./NoSuchPage";
import { PageFault } from "./PageFault";
import { Blank, Session, SignedIn } from "./Session";

const pages: RouteObject[] = [
  ...dashboard,
  ...welcome,
  ...backtests,
  ...sweeps,
  ...strategies,
  ...data,
  ...trade,
  ...exchange,
  ...settings,
  { path: "*", Component: NoSuchPage },
];

export const routes: RouteObject[] = [
  {
    Component: Session,
    ErrorBoundary: PageFault,
    HydrateFallback: Blank,
    children: [
      ...login,
      {
        Component: SignedIn,
        children: [{ Component: Frame, children: [{ ErrorBoundary: PageFault, children: pages }] }],
      },
    ],
  },
];

export const router = createBrowserRouter(routes);
