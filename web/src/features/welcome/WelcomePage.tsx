import { Page, Section } from "@/app/Page";
import { FirstSteps } from "@/app/first_steps/FirstSteps";
import { PaperAccount } from "./PaperAccount";

/** The first visit: to a result, and to an account to trade with. */
export function Component() {
  return (
    <Page title="Welcome" about="A first result in three steps; everything that it needs is here.">
      <Section title="A first backtest">
        <FirstSteps />
      </Section>
      <Section title="A paper account">
        <PaperAccount />
      </Section>
    </Page>
  );
}
