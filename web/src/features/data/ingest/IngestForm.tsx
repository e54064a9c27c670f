import { Alert, Button, Checkbox, Select, TagsInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { fieldError, sentenceOf, useAddIngestionMutation } from "@/api";
import { DateField } from "@/fields/DateField";
import { useAllSeries } from "../requests";
import { newIngestion, RULES, type IngestValues } from "./ingest_values";
import classes from "./IngestForm.module.css";
import { INTERVALS, VENDORS } from "./vendors";

/** Descriptions below, so that fields stand in one line however long they are. */
const ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];
const FIELDS = ["source", "symbols", "interval", "start", "end"] as const;

/** What to bring, from whom. What was sent is listed below it. */
export function IngestForm({ initial }: { readonly initial: IngestValues }) {
  const [add, { error, isLoading }] = useAddIngestionMutation();
  const known = useAllSeries(undefined).data ?? [];
  const form = useForm<IngestValues>({
    initialValues: initial,
    validate: RULES,
    validateInputOnChange: ["start", "end"],
  });
  const send = form.onSubmit(async (values) => {
    const answer = await add({ newIngestion: newIngestion(values) });
    const found = FIELDS.map((name) => [name, fieldError(answer.error, `/${name}`)] as const);
    form.setErrors(Object.fromEntries(found.filter(([, text]) => text !== undefined)));
  });
  const isAtField = FIELDS.some((name) => fieldError(error, `/${name}`) !== undefined);
  const vendor = VENDORS.find((each) => each.value === form.values.source);
  return (
    <form onSubmit={send} noValidate className={classes["form"]}>
      <Select
        label="Vendor"
        inputWrapperOrder={ORDER}
        data={VENDORS.map(({ value, label }) => ({ value, label }))}
        allowDeselect={false}
        description={vendor?.about}
        {...form.getInputProps("source")}
      />
      <TagsInput
        label="Symbols"
        inputWrapperOrder={ORDER}
        description="Enter or a comma ends one."
        data={[...new Set(known.map((each) => each.symbol))]}
        splitChars={[",", " "]}
        acceptValueOnBlur
        {...form.getInputProps("symbols")}
        onChange={(found) =>
          form.setFieldValue(
            "symbols",
            found.map((each) => each.trim().toUpperCase()),
          )
        }
      />
      <Select
        label="Interval"
        inputWrapperOrder={ORDER}
        description="The length of a bar."
        data={INTERVALS}
        allowDeselect={false}
        {...form.getInputProps("interval")}
      />
      <DateField
        label="First day"
        inputWrapperOrder={ORDER}
        description="Empty: goes on where the stored bars end."
        {...form.getInputProps("start")}
        value={form.values.start}
      />
      <DateField
        label="Last day"
        inputWrapperOrder={ORDER}
        description="Empty: up to now."
        {...form.getInputProps("end")}
        value={form.values.end}
      />
      <div className={classes["choices"]}>
        <Checkbox
          label="Only what is missing"
          description="Bars that are stored are not asked for again."
          {...form.getInputProps("onlyMissing", { type: "checkbox" })}
        />
        <Checkbox
          label="Replace another source"
          description="Else a series goes on only from the source it has."
          {...form.getInputProps("replaceSource", { type: "checkbox" })}
        />
      </div>
      <div className={classes["end"]}>
        {error !== undefined && !isAtField && (
          <Alert color="orange" role="alert">
            {sentenceOf(error)}
          </Alert>
        )}
        <Button type="submit" loading={isLoading}>
          Ingest
        </Button>
      </div>
    </form>
  );
}
