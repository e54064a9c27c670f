import { Alert, Button, Modal, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { sentenceOf } from "@/api";
import classes from "../Settings.module.css";

interface NewPasswordProps {
  readonly name: string;
  /** Returns what was refused. */
  readonly onSend: (password: string) => Promise<unknown>;
  readonly onClose: () => void;
}

const LEAST = 12;

/** A password for somebody who lost theirs; they must change it at the next login. */
export function NewPassword({ name, onSend, onClose }: NewPasswordProps) {
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>();
  const send = async () => {
    const refused = await onSend(password);
    setError(refused);
    if (refused === undefined) onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`New password of ${name}`} closeButtonProps={{ "aria-label": "Close" }}>
      <form
        className={classes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <PasswordInput
          label="Password"
          description={`At least ${LEAST} characters. It must be changed at the next login.`}
          autoComplete="new-password"
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {error !== undefined && (
          <Alert color="orange" role="alert">
            {sentenceOf(error)}
          </Alert>
        )}
        <Button type="submit" disabled={password.length < LEAST}>
          Set password
        </Button>
      </form>
    </Modal>
  );
}
