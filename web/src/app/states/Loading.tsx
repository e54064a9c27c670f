import { Skeleton } from "@mantine/core";
import classes from "./states.module.css";

/** Rows as high as those that come. */
export function TableSkeleton({ rows = 8 }: { readonly rows?: number }) {
  return (
    <div className={classes["rows"]} role="group" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows + 1 }, (_, at) => (
        <div key={at} className={classes["row"]}>
          <Skeleton height={12} width={`${30 + ((at * 37) % 60)}%`} />
        </div>
      ))}
    </div>
  );
}

export function ChartSkeleton({ height }: { readonly height: number }) {
  return <Skeleton height={height} role="group" aria-busy="true" aria-label="Loading" />;
}

export function CardSkeleton() {
  return (
    <div className={classes["card"]} role="group" aria-busy="true" aria-label="Loading">
      <Skeleton height={12} width="40%" />
      <Skeleton height={20} width="60%" mt={8} />
    </div>
  );
}

export function TextSkeleton({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div role="group" aria-busy="true" aria-label="Loading">
      {Array.from({ length: lines }, (_, at) => (
        <Skeleton key={at} height={14} my={6} width={at === lines - 1 ? "60%" : "100%"} />
      ))}
    </div>
  );
}
