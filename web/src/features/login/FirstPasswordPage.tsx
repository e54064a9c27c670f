import { Alert, Button, PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Navigate } from "react-router";
import { sentenceOf, useChangePasswordMutation } from "@/api";
import { lookAgain } from "@/api/session";
import { useAppDispatch, useAppSelector } from "@/app/store";
import { Door } from "./Door";

const LEAST = 12;

/** The first password was made by a program, or by who added the user: it is replaced before anything else. */
export function Component() {
  const dispatch = useAppDispatch();
  const { status, me } = useAppSelector((state) => state.session);
  const [change, { error, isLoading }] = useChangePasswordMutation();
  const form = useForm({
    initialValues: { current: "", password: "", again: "" },
    validate: {
      password: (value) => (value.length < LEAST ? `Use at least ${LEAST} characters.` : null),
      again: (value, { password }) => (value === password ? null : "It is not the same as above."),
    },
  });
  if (status !== "in") return <Navigate to="/login" replace />;
  if (me?.user.must_change_password === false) return <Navigate to="/" replace />;

  const send = form.onSubmit(async ({ current, password }) => {
    const answer = await change({ newPassword: { current, password } });
    if (answer.error === undefined) await dispatch(lookAgain());
  });
  return (
    <Door title="Choose your password" about="It replaces the first one, which is known to others or lies in a file.">
      <form onSubmit={send}>
        <input type="text" name="username" autoComplete="username" value={me?.user.name ?? ""} readOnly hidden />
        <PasswordInput
          label="Password so far"
          autoComplete="current-password"
          required
          {...form.getInputProps("current")}
        />
        <PasswordInput
          label="New password"
          description={`At least ${LEAST} characters; a few words that only you would put together are good.`}
          autoComplete="new-password"
          required
          {...form.getInputProps("password")}
        />
        <PasswordInput
          label="New password again"
          autoComplete="new-password"
          required
          {...form.getInputProps("again")}
        />
        {error !== undefined && (
          <Alert color="orange" role="alert">
            {sentenceOf(error)}
          </Alert>
        )}
        <Button type="submit" loading={isLoading} fullWidth>
          Change password
        </Button>
      </form>
    </Door>
  );
}
