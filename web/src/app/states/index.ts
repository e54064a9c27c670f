/** What a view shows while it has nothing else to show. */
export { Empty } from "./Empty";
export { ErrorState } from "./ErrorState";
export { ComesByItself, Live } from "./Live";
export { Loaded } from "./Loaded";
export { CardSkeleton, ChartSkeleton, TableSkeleton, TextSkeleton } from "./Loading";
export { NotFound } from "./NotFound";
export { Offline } from "./Offline";
export { Stale } from "./Stale";
export { useStaleAt } from "./stale_place";
