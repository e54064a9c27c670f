import { Drawer } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { lazy, Suspense, useState } from "react";
import { Outlet } from "react-router";
import { Stale } from "@/app/states";
import { StalePlace, useStalePlace } from "@/app/states/stale_place";
import { usePreferences } from "@/format";
import classes from "./Frame.module.css";
import { Rail } from "./Rail";
import { TopBar } from "./TopBar";

const Palette = lazy(() => import("./Palette"));

/** Rail, top bar, and the page. */
export function Frame() {
  const { isRailWide } = usePreferences();
  const [isMenuOpen, menu] = useDisclosure(false);
  const [palette, setPalette] = useState<"not yet" | "open" | "closed">("not yet");
  const search = () => setPalette("open");
  const [staleAt, tell] = useStalePlace();
  useHotkeys([["mod+K", search]], []);
  return (
    <div className={classes["frame"]} data-rail={isRailWide ? "wide" : "narrow"}>
      <a className={classes["skip"]} href="#content">
        Skip to the content
      </a>
      <nav className={classes["rail"]} aria-label="Places">
        <Rail isWide={isRailWide} />
      </nav>
      <Drawer opened={isMenuOpen} onClose={menu.close} size={240} title="ArbitraX" padding="sm">
        <Rail isWide onGo={menu.close} />
      </Drawer>
      <header className={classes["top"]}>
        <TopBar onMenu={menu.open} onSearch={search} />
      </header>
      <main id="content" className={classes["content"]} tabIndex={-1}>
        {staleAt !== undefined && (
          <div className={classes["mark"]}>
            <Stale at={staleAt} />
          </div>
        )}
        <StalePlace value={tell}>
          <Outlet />
        </StalePlace>
      </main>
      {palette !== "not yet" && (
        <Suspense fallback={null}>
          <Palette isOpen={palette === "open"} onClose={() => setPalette("closed")} />
        </Suspense>
      )}
    </div>
  );
}
