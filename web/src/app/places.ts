/** The places of the rail. */
import {
  ArrowLeftRight,
  BookOpenText,
  Database,
  FlaskConical,
  Gauge,
  LayoutDashboard,
  Settings,
  SlidersHorizontal,
  type LucideIcon,
} from "lucide-react";

export interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
}

export const PLACES: readonly Place[] = [
  { path: "/", label: "Dashboard", icon: LayoutDashboard },
  { path: "/backtests", label: "Backtests", icon: FlaskConical },
  { path: "/sweeps", label: "Sweeps", icon: SlidersHorizontal },
  { path: "/strategies", label: "Strategies", icon: BookOpenText },
  { path: "/data", label: "Data", icon: Database },
  { path: "/trade", label: "Trade", icon: ArrowLeftRight },
  { path: "/exchange", label: "Exchange", icon: Gauge },
  { path: "/settings", label: "Settings", icon: Settings },
];
