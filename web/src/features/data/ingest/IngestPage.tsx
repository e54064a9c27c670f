import { useSearchParams } from "react-router";
import { Page, Section } from "@/app/Page";
import { IngestForm } from "./IngestForm";
import { valuesOf } from "./ingest_values";
import { Ingestions } from "./Ingestions";

/** `?symbol=AAPL&interval=1d&source=&start=&end=` begins with these. */
export function Component() {
  const [params] = useSearchParams();
  return (
    <Page
      title="Ingest"
      about="Brings bars of a vendor in the background, judges them, and sets aside what can not be right."
    >
      <IngestForm key={params.toString()} initial={valuesOf(params)} />
      <Section title="Ingestions">
        <Ingestions />
      </Section>
    </Page>
  );
}
