import { Button } from "@mantine/core";
import { Link } from "react-router";

/** What can be done with a comparison. */
export function CompareActions({ runs }: { readonly runs: readonly string[] }) {
  return (
    <Button variant="default" component={Link} to={`/backtests?compare=${runs.join(",")}`}>
      Choose others
    </Button>
  );
}
