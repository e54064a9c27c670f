import { MantineProvider, type MantineColorSchemeManager } from "@mantine/core";
import { setNonce } from "get-nonce";
import { Provider } from "react-redux";
import { theme } from "@/app/theme";
import { Component as Comparison } from "@/features/backtests/compare/ComparePage";
import { RecordedContext } from "@/features/backtests/recorded";
import { begin } from "./no_router";
import { recorded } from "./recorded";
import { RunOfReport } from "./RunOfReport";
import classes from "./Report.module.css";
import { ReportNotes } from "./ReportNotes";
import { store } from "./store";

const nonce = document.querySelector("style")?.nonce ?? "";
setNonce(nonce);
const [first = ""] = recorded.runs;
const isComparison = recorded.runs.length > 1;
if (isComparison) begin({ runs: recorded.runs.join(",") });

/** A choice lasts as long as the page: files from disk share their storage with every other one. */
const schemes: MantineColorSchemeManager = {
  get: (standard) => standard,
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

/** A run, or several beside each other, as their pages show them. */
export function Report() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={schemes} getStyleNonce={() => nonce}>
      <Provider store={store}>
        <RecordedContext value={recorded}>
          <main className={classes["report"]}>
            {isComparison ? <Comparison /> : <RunOfReport id={first} />}
            <ReportNotes />
          </main>
        </RecordedContext>
      </Provider>
    </MantineProvider>
  );
}
