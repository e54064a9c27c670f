import { Alert, Button, PasswordInput, Select, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { fieldError, sentenceOf, useAddUserMutation, type UserMessage } from "@/api";
import classes from "../Settings.module.css";

const LEAST = 12;
const ROLES: UserMessage["role"][] = ["viewer", "trader", "admin"];

/** Adds somebody, who must change the password at the first login. */
export function NewUser() {
  const [add, { data, error, isLoading }] = useAddUserMutation();
  const form = useForm<{ name: string; password: string; role: UserMessage["role"] }>({
    initialValues: { name: "", password: "", role: "trader" },
    validate: {
      name: (value) => (value === "" ? "Give a name in small letters." : null),
      password: (value) => (value.length < LEAST ? `Use at least ${LEAST} characters.` : null),
    },
  });
  const send = form.onSubmit(async (values) => {
    const answer = await add({ newUser: values });
    if (answer.error === undefined) form.reset();
    else form.setErrors({ name: fieldError(answer.error, "/name"), password: fieldError(answer.error, "/password") });
  });
  return (
    <form onSubmit={send} className={classes["row"]} noValidate>
      <TextInput label="Name" autoComplete="off" className={classes["grow"] ?? ""} {...form.getInputProps("name")} />
      <PasswordInput
        label="First password"
        autoComplete="new-password"
        className={classes["grow"] ?? ""}
        {...form.getInputProps("password")}
      />
      <Select label="Role" data={ROLES} allowDeselect={false} w={120} {...form.getInputProps("role")} />
      <Button type="submit" loading={isLoading}>
        Add user
      </Button>
      {error !== undefined && (
        <Alert color="orange" role="alert">
          {sentenceOf(error)}
        </Alert>
      )}
      <Text size="sm" c="var(--faint)" role="status">
        {data !== undefined && error === undefined && `${data.name} was added.`}
      </Text>
    </form>
  );
}
