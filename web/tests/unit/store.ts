import { configureStore } from "@reduxjs/toolkit";
import { api } from "@/api";
import { session } from "@/api/session";
import { preferences } from "@/format/preferences";

/** A store as the page has it, of one test. */
export function makeStore() {
  return configureStore({
    reducer: {
      [api.reducerPath]: api.reducer,
      [session.reducerPath]: session.reducer,
      [preferences.reducerPath]: preferences.reducer,
    },
    middleware: (standard) => standard().concat(api.middleware),
  });
}
