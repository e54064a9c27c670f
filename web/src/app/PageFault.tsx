import { isRouteErrorResponse, useRouteError } from "react-router";
import { ErrorState } from "./states";

/** A page that failed takes nothing else along. */
export function PageFault() {
  const error = useRouteError();
  // A new release was installed while the page was open: its files have other names now.
  const isOld = error instanceof TypeError && /dynamically imported module|module script failed/i.test(error.message);
  if (isOld) {
    return (
      <ErrorState
        title="This page is of an earlier release"
        error={new Error("Load it again to go on.")}
        action="Load again"
        onRetry={() => window.location.reload()}
      />
    );
  }
  const what = isRouteErrorResponse(error) ? new Error(`${error.status} ${error.statusText}`) : error;
  return (
    <ErrorState title="This page failed" error={what} action="Load again" onRetry={() => window.location.reload()} />
  );
}
