import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { setNonce } from "get-nonce";
import { Provider } from "react-redux";
import { RouterProvider } from "react-router/dom";
import { router } from "./router";
import { store } from "./store";
import { theme } from "./theme";

/** The number that the gateway gave this page: styles that are added need it (its content security policy). */
const nonce = document.querySelector("style")?.nonce ?? "";
// What keeps the page from scrolling behind a dialog adds its style by itself.
setNonce(nonce);

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Provider store={store}>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={router} />
      </Provider>
    </MantineProvider>
  );
}
