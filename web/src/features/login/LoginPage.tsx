import { Alert, Button, Code, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { Navigate, useSearchParams } from "react-router";
import { sentenceOf } from "@/api";
import { signIn } from "@/api/session";
import { useAppDispatch, useAppSelector } from "@/app/store";
import { Door } from "./Door";

export function Component() {
  const dispatch = useAppDispatch();
  const isIn = useAppSelector((state) => state.session.status === "in");
  const [search] = useSearchParams();
  const [error, setError] = useState<unknown>();
  const [isSending, setSending] = useState(false);
  const form = useForm({ initialValues: { name: "", password: "" } });
  if (isIn) return <Navigate to={ownPath(search.get("next"))} replace />;

  const send = form.onSubmit(async (values) => {
    setSending(true);
    const answer = await dispatch(signIn(values));
    setSending(false);
    setError(signIn.rejected.match(answer) ? (answer.payload ?? answer.error) : undefined);
  });
  return (
    <Door
      title="Sign in"
      about={
        <>
          The first time the user is admin; <Code>arbitrax up</Code> says where its password is.
        </>
      }
    >
      <form onSubmit={send}>
        <TextInput label="Name" autoComplete="username" autoFocus required {...form.getInputProps("name")} />
        <PasswordInput label="Password" autoComplete="current-password" required {...form.getInputProps("password")} />
        {error !== undefined && (
          <Alert color="orange" role="alert">
            {sentenceOf(error)}
          </Alert>
        )}
        <Button type="submit" loading={isSending} fullWidth>
          Sign in
        </Button>
      </form>
    </Door>
  );
}

/** Where somebody wanted to go; only a path of ours. */
function ownPath(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : "/";
}
