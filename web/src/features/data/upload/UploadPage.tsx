import { Alert, Button, Text } from "@mantine/core";
import { sentenceOf } from "@/api";
import { Page, Section } from "@/app/Page";
import { TableSkeleton } from "@/app/states";
import { formatBytes } from "@/format";
import { Ingestions } from "../ingest/Ingestions";
import { DropZone } from "./DropZone";
import { PreviewTable } from "./PreviewTable";
import classes from "./Upload.module.css";
import { UploadFields } from "./UploadFields";
import { useUpload } from "./use_upload";

/** A file of bars: dropped, looked at, corrected, stored. */
export function Component() {
  const upload = useUpload();
  const { file, found, error, choices } = upload;
  const isReady = found !== undefined && found.problem === null && choices.symbol !== "" && !upload.isLooking;
  return (
    <Page
      title="Upload CSV"
      about="Bars of one symbol, as a vendor or a spreadsheet writes them. Rows that can not be right are set aside."
    >
      <DropZone onFile={upload.choose} name={file?.name} size={file?.size} />
      {file !== undefined && (
        <Section title="What it was taken as">
          <UploadFields choices={choices} guessed={found?.interval ?? null} onChange={upload.change} />
          {found === undefined ? (
            error === undefined && <TableSkeleton rows={10} />
          ) : (
            <PreviewTable found={found} onTake={upload.takeAs} />
          )}
          <div className={classes["words"]}>
            {found?.notices.map((notice) => (
              <Text key={notice} size="sm" c="var(--faint)">
                {notice}
              </Text>
            ))}
            {found?.symbols.some((each) => each !== choices.symbol) === true && (
              <Text size="sm" c="var(--warn)">
                Its own column of symbols says {found.symbols.join(", ")}.
              </Text>
            )}
            {typeof found?.problem === "string" && (
              <Alert color="orange" role="alert" title="It can not be stored like this">
                {found.problem}
              </Alert>
            )}
            {error !== undefined && (
              <Alert color="orange" role="alert">
                {sentenceOf(error)}
              </Alert>
            )}
            <Button disabled={!isReady} loading={upload.isSending} onClick={() => void upload.send()}>
              Store {formatBytes(file.size)}
              {choices.symbol !== "" && ` as ${choices.symbol}`}
            </Button>
            <Text size="sm" role="status" className={classes["sent"] ?? ""}>
              {upload.sent !== undefined && "It was sent; how far it is stands below."}
            </Text>
          </div>
        </Section>
      )}
      <Section title="Ingestions">
        <Ingestions />
      </Section>
    </Page>
  );
}
