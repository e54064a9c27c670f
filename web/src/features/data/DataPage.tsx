import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Page, Section } from "@/app/Page";
import { Catalogue } from "./catalogue/Catalogue";
import { Ingestions } from "./ingest/Ingestions";

export function Component() {
  const actions = (
    <>
      <Button component={Link} to="upload" variant="default">
        Upload CSV
      </Button>
      <Button component={Link} to="ingest">
        Ingest
      </Button>
    </>
  );
  return (
    <Page title="Data" actions={actions}>
      <Section title="Stored series">
        <Catalogue />
      </Section>
      <Section title="Ingestions">
        <Ingestions />
      </Section>
    </Page>
  );
}
