import { ActionIcon, Tooltip } from "@mantine/core";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { download } from "./csv";
import classes from "./DataTable.module.css";

interface DownloadCsvProps {
  /** Of the table, and of the file. */
  readonly name: string;
  readonly csv: () => string;
}

/** A table as a file. */
export function DownloadCsv({ name, csv }: DownloadCsvProps) {
  return (
    <Tooltip label="Download as CSV">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Download ${name} as CSV`}
        onClick={() => download(`${name.replaceAll(/[ ,]+/g, "-")}.csv`, csv())}
      >
        <Download size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

/** A table that is drawn by hand, with its file in the corner. */
export function WithFile({ children, ...file }: DownloadCsvProps & { readonly children: ReactNode }) {
  return (
    <div className={classes["whole"]} data-corner>
      <div className={classes["corner"]}>
        <DownloadCsv {...file} />
      </div>
      {children}
    </div>
  );
}
