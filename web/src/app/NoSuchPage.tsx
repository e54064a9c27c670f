import { Button } from "@mantine/core";
import { Link, useLocation } from "react-router";
import { Empty } from "./states";

export function NoSuchPage() {
  const { pathname } = useLocation();
  return (
    <Empty
      title="There is no such page"
      action={
        <Button component={Link} to="/" variant="default">
          Go to the dashboard
        </Button>
      }
    >
      Nothing is at {pathname}.
    </Empty>
  );
}
