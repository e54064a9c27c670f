import { Select, TextInput } from "@mantine/core";
import { INTERVALS } from "../ingest/vendors";
import classes from "./Upload.module.css";
import type { UploadChoices } from "./upload_requests";

interface UploadFieldsProps {
  readonly choices: UploadChoices;
  /** As the times tell. */
  readonly guessed: string | null;
  readonly onChange: (part: Partial<UploadChoices>) => void;
}

const ZONES = [
  "UTC",
  "America/New_York",
  "America/Chicago",
  "Europe/London",
  "Europe/Berlin",
  "Asia/Tokyo",
  "Asia/Kolkata",
];

/** What a file does not say, or says wrongly. */
export function UploadFields({ choices, guessed, onChange }: UploadFieldsProps) {
  return (
    <div className={classes["fields"]}>
      <TextInput
        label="Symbol"
        value={choices.symbol}
        error={choices.symbol === "" ? "Say whose bars they are, such as AAPL." : undefined}
        onChange={(event) => onChange({ symbol: event.currentTarget.value.trim().toUpperCase() })}
      />
      <Select
        label="Interval"
        data={INTERVALS}
        value={choices.interval === "" ? null : choices.interval}
        placeholder={guessed === null ? "As its times tell" : `${guessed}, as its times tell`}
        clearable
        onChange={(chosen) => onChange({ interval: chosen ?? "" })}
      />
      <Select
        label="Zone of its times"
        data={ZONES}
        value={choices.timezone === "" ? null : choices.timezone}
        placeholder="As they say"
        searchable
        clearable
        onChange={(chosen) => onChange({ timezone: chosen ?? "" })}
      />
    </div>
  );
}
