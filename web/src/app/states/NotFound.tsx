import { Empty } from "./Empty";

/** What an address names is not there, or is somebody else's: nothing failed, and trying again does not help. */
export function NotFound({ children }: { readonly children: string }) {
  return <Empty title="Not found">{children}</Empty>;
}
