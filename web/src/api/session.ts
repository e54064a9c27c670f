/** Who is signed in. The token itself is the transport's. */
import { createAsyncThunk, createSlice } from "@reduxjs/toolkit";
import type { Me } from "./generated";
import { toApiError, type ApiError } from "./problems";
import { sessionEnded } from "./session_events";
import { transport } from "./transport";

export interface SessionState {
  /** `unknown` until the gateway answered whether an earlier login of this browser still counts. */
  readonly status: "unknown" | "out" | "in";
  readonly me: Me | null;
  /** The gateway does not answer that. */
  readonly isAway: boolean;
}

const initialState: SessionState = { status: "unknown", me: null, isAway: false };
const OUT: SessionState = { status: "out", me: null, isAway: false };

/** Go on with an earlier login of this browser; null: there is none. */
export const resumeSession = createAsyncThunk<Me | null, undefined, { rejectValue: ApiError }>(
  "session/resume",
  async (_, { rejectWithValue }) => {
    try {
      return wasSignedIn() && (await transport.resumeLogin()) ? await whoAsks() : null;
    } catch (error) {
      return rejectWithValue(toApiError(error));
    }
  },
);

export const signIn = createAsyncThunk<Me, { name: string; password: string }, { rejectValue: ApiError }>(
  "session/signIn",
  async ({ name, password }, { rejectWithValue }) => {
    try {
      await transport.login(name, password);
      return await whoAsks();
    } catch (error) {
      return rejectWithValue(toApiError(error));
    }
  },
);

/** Look again at who is signed in: a password was changed, say. */
export const lookAgain = createAsyncThunk<Me>("session/look", whoAsks);

export const signOut = createAsyncThunk("session/signOut", async () => {
  try {
    await transport.logout();
  } catch {
    // The gateway is away: the token ends by itself within ten minutes.
  }
});

const KEY = "arbitrax.signed-in";

/** Whether this browser may have a refresh token, which no script sees. */
function wasSignedIn(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return true; // storage is off: ask
  }
}

/** Keep whether it may, for the next time the page is opened. */
export function keepSignedIn(isIn: boolean): void {
  try {
    if (isIn) localStorage.setItem(KEY, "yes");
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is off.
  }
}

async function whoAsks(): Promise<Me> {
  return transport.json<Me>("GET", "/api/v1/auth/me");
}

export const session = createSlice({
  name: "session",
  initialState,
  reducers: {},
  extraReducers: (builder) => {
    const signedIn = (_: SessionState, { payload }: { payload: Me | null }): SessionState =>
      payload === null ? OUT : { status: "in", me: payload, isAway: false };
    builder
      .addCase(resumeSession.fulfilled, signedIn)
      .addCase(signIn.fulfilled, signedIn)
      .addCase(lookAgain.fulfilled, signedIn)
      .addCase(resumeSession.rejected, (state) => ({ ...state, isAway: true }))
      .addCase(signOut.fulfilled, () => OUT)
      .addCase(sessionEnded, () => OUT);
  },
});
