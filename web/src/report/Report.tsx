import { MantineProvider, type MantineColorSchemeManager } from "@mantine/core";
import { setNonce } from "get-nonce";
import { Provider } from "react-redux";
import { MemoryRouter } from "react-router";
import { theme } from "@/app/theme";
import { RunOfReport } from "./RunOfReport";
import classes from "./Report.module.css";
import { recorded } from "./recorded";
import { store } from "./store";

const nonce = document.querySelector("style")?.nonce ?? "";
setNonce(nonce);

/** A choice lasts as long as the page: files from disk share their storage with every other one. */
const schemes: MantineColorSchemeManager = {
  get: (standard) => standard,
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

export function Report() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={schemes}
      getStyleNonce={() => nonce}
    >
      <Provider store={store}>
        <MemoryRouter>
          <main className={classes["report"]}>
            <RunOfReport id={recorded.runs[0] ?? ""} />
          </main>
        </MemoryRouter>
      </Provider>
    </MantineProvider>
  );
}
