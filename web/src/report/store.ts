/** The store of a report: the requests of the page, and how times and colours are shown. */
import { configureStore } from "@reduxjs/toolkit";
import { api } from "@/api";
import { preferences } from "@/format/preferences";

export const store = configureStore({
  reducer: { [api.reducerPath]: api.reducer, [preferences.reducerPath]: preferences.reducer },
  middleware: (standard) => standard().concat(api.middleware),
});

export type AppDispatch = typeof store.dispatch;
