import { Alert, Button, Chip, Input, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { fieldError, sentenceOf, useAddKeyMutation, type Me } from "@/api";
import { useAppSelector } from "@/app/store";
import { DateField } from "@/fields/DateField";
import { dayProblem } from "@/fields/day";
import classes from "../Settings.module.css";
import { MadeSecret } from "./MadeSecret";

type Scope = Me["scopes"][number];

/** Makes a key, and shows it this once. */
export function NewApiKey() {
  const own = useAppSelector((state) => state.session.me?.scopes ?? []);
  const [add, { data, error, isLoading, reset }] = useAddKeyMutation();
  const form = useForm<{ name: string; scopes: Scope[]; expires: string }>({
    initialValues: { name: "", scopes: ["read"], expires: "" },
    validate: {
      name: (value) => (value.trim() === "" ? "Say what it is for." : null),
      scopes: (value) => (value.length === 0 ? "Choose what it may do." : null),
      expires: (value) => dayProblem(value) ?? null,
    },
  });
  const send = form.onSubmit(async ({ name, scopes, expires }) => {
    const expires_at = expires === "" ? null : `${expires}T00:00:00Z`;
    const answer = await add({ newKey: { name: name.trim(), scopes, expires_at } });
    if (answer.error === undefined) form.reset();
    else form.setErrors({ expires: fieldError(answer.error, "/expires_at") });
  });
  if (typeof data?.secret === "string") return <MadeSecret name={data.key.name} secret={data.secret} onDone={reset} />;
  return (
    <form onSubmit={send} className={classes["row"]} noValidate>
      <TextInput
        label="Name"
        placeholder="nightly backtests"
        className={classes["grow"] ?? ""}
        {...form.getInputProps("name")}
      />
      <Input.Wrapper label="May" error={form.errors["scopes"]}>
        <Chip.Group multiple value={form.values.scopes} onChange={(found) => form.setFieldValue("scopes", found)}>
          <div className={classes["chips"]} role="group" aria-label="May">
            {own.map((scope) => (
              <Chip key={scope} value={scope} size="sm">
                {scope}
              </Chip>
            ))}
          </div>
        </Chip.Group>
      </Input.Wrapper>
      <DateField label="Until (optional)" {...form.getInputProps("expires")} value={form.values.expires} />
      <Button type="submit" loading={isLoading}>
        Make key
      </Button>
      {error !== undefined && (
        <Alert color="orange" role="alert">
          {sentenceOf(error)}
        </Alert>
      )}
    </form>
  );
}
