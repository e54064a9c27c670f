import { Page } from "@/app/Page";
import { LiveDashboard } from "./LiveDashboard";

export function Component() {
  return (
    <Page title="Dashboard">
      <LiveDashboard />
    </Page>
  );
}
