/** What the session hears of, apart from it so that the transport's side does not import it. */
import { createAction } from "@reduxjs/toolkit";

/** Nobody is signed in any more: the login ended, or its rights were taken away. */
export const sessionEnded = createAction("session/ended");
