import { Page } from "@/app/Page";
import { Empty } from "@/app/states";

export function Component() {
  return (
    <Page title="Data">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
