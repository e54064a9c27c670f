import { useEffect } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { api } from "@/api";
import { resumeSession } from "@/api/session";
import { sessionEnded } from "@/api/session_events";
import { startLive } from "@/live/stream";
import { JobChanges } from "./JobChanges";
import { Offline } from "./states";
import { useAppDispatch, useAppSelector } from "./store";

const AGAIN_MS = 2_000;

/** Goes on with an earlier login before anything is shown. */
export function Session() {
  const dispatch = useAppDispatch();
  const status = useAppSelector((state) => state.session.status);
  const isAway = useAppSelector((state) => state.session.isAway);
  useEffect(() => {
    if (status !== "unknown") return undefined;
    void dispatch(resumeSession());
    const timer = setInterval(() => void dispatch(resumeSession()), AGAIN_MS);
    return () => clearInterval(timer);
  }, [dispatch, status]);
  if (status === "unknown") return isAway ? <Offline isWhole /> : <Blank />;
  return <Outlet />;
}

/** What only somebody who is signed in sees; their password must be their own. */
export function SignedIn() {
  const dispatch = useAppDispatch();
  const { status, me } = useAppSelector((state) => state.session);
  const { pathname, search } = useLocation();
  const isReady = status === "in" && me?.user.must_change_password === false;
  useEffect(() => {
    if (!isReady) return undefined;
    return startLive({
      // As after a pause of the network: what is shown is asked for anew, without a flash.
      back: () => void dispatch(api.internalActions.onOnline()),
      end: () => void dispatch(sessionEnded()),
    });
  }, [dispatch, isReady]);
  if (status !== "in") {
    const next = pathname + search;
    return <Navigate to={next === "/" ? "/login" : `/login?next=${encodeURIComponent(next)}`} replace />;
  }
  if (!isReady) return <Navigate to="/password" replace />;
  return (
    <>
      <JobChanges />
      <Outlet />
    </>
  );
}

export function Blank() {
  return null;
}
