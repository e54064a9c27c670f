import { Alert, Button, PasswordInput, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { sentenceOf, useChangePasswordMutation } from "@/api";
import classes from "./Settings.module.css";

const LEAST = 12;

export function ChangePassword({ name }: { readonly name: string }) {
  const [change, { error, isLoading, isSuccess }] = useChangePasswordMutation();
  const form = useForm({
    initialValues: { current: "", password: "", again: "" },
    validate: {
      password: (value) => (value.length < LEAST ? `Use at least ${LEAST} characters.` : null),
      again: (value, { password }) => (value === password ? null : "It is not the same as above."),
    },
  });
  const send = form.onSubmit(async ({ current, password }) => {
    const answer = await change({ newPassword: { current, password } });
    if (answer.error === undefined) form.reset();
  });
  return (
    <form onSubmit={send} className={classes["form"]}>
      <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
      <PasswordInput
        label="Password so far"
        autoComplete="current-password"
        required
        {...form.getInputProps("current")}
      />
      <PasswordInput
        label="New password"
        description={`At least ${LEAST} characters. Other places where you are signed in are signed out.`}
        autoComplete="new-password"
        required
        {...form.getInputProps("password")}
      />
      <PasswordInput label="New password again" autoComplete="new-password" required {...form.getInputProps("again")} />
      {error !== undefined && (
        <Alert color="orange" role="alert">
          {sentenceOf(error)}
        </Alert>
      )}
      <Button type="submit" loading={isLoading}>
        Change password
      </Button>
      <Text size="sm" role="status" c="var(--faint)" h={20}>
        {isSuccess && "It is changed."}
      </Text>
    </form>
  );
}
