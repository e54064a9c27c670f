import { Section } from "@/app/Page";
import { Accounts } from "./Accounts";
import { LastRuns } from "./LastRuns";

/** What there is, what it earned, what ran last. */
export function LiveDashboard() {
  return (
    <>
      <Section title="Accounts">
        <Accounts />
      </Section>
      <Section title="Last runs">
        <LastRuns />
      </Section>
    </>
  );
}
