/** The store: requests, who is signed in, preferences. Hot data is not in it (see live/). */
import { configureStore, createListenerMiddleware } from "@reduxjs/toolkit";
import { useDispatch, useSelector, type TypedUseSelectorHook } from "react-redux";
import { api } from "@/api";
import { keepSignedIn, session, signIn, signOut } from "@/api/session";
import { sessionEnded } from "@/api/session_events";
import { keepPreferences, prefer, preferences } from "@/format/preferences";
import { forgetChannels } from "@/live/channels";

const listeners = createListenerMiddleware();

export const store = configureStore({
  reducer: {
    [api.reducerPath]: api.reducer,
    [session.reducerPath]: session.reducer,
    [preferences.reducerPath]: preferences.reducer,
  },
  middleware: (standard) => standard().prepend(listeners.middleware).concat(api.middleware),
});

export type State = ReturnType<typeof store.getState>;
export const useAppDispatch: () => typeof store.dispatch = useDispatch;
export const useAppSelector: TypedUseSelectorHook<State> = useSelector;

listeners.startListening({
  actionCreator: prefer,
  effect: () => keepPreferences(store.getState().preferences),
});
listeners.startListening({ actionCreator: signIn.fulfilled, effect: () => keepSignedIn(true) });
// What one user saw the next one must not.
for (const over of [signOut.fulfilled, sessionEnded]) {
  listeners.startListening({
    predicate: over.match,
    effect: () => {
      keepSignedIn(false);
      forgetChannels();
      store.dispatch(api.util.resetApiState());
    },
  });
}
keepPreferences(store.getState().preferences);
