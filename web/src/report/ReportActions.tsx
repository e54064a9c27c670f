import { Button } from "@mantine/core";
import { Printer } from "lucide-react";
import { SchemeToggle } from "@/app/frame/SchemeToggle";

/** What can be done with a report, in place of what can be done with a run or a comparison. */
function ReportActions() {
  return (
    <>
      <Button variant="default" leftSection={<Printer size={14} />} onClick={() => window.print()}>
        Print, or save as PDF
      </Button>
      <SchemeToggle />
    </>
  );
}

export { ReportActions as CompareActions, ReportActions as RunActions };
