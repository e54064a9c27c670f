import { Alert, Button, Code, CopyButton, Text } from "@mantine/core";
import classes from "../Settings.module.css";

interface MadeSecretProps {
  readonly name: string;
  readonly secret: string;
  readonly onDone: () => void;
}

/** A key that was just made: nobody can show it again. */
export function MadeSecret({ name, secret, onDone }: MadeSecretProps) {
  return (
    <Alert color="gray" role="status" title={`The key ${name} was made`}>
      <Text mb="sm">Keep it now: it is shown this once.</Text>
      <div className={classes["secret"]}>
        <Code>{secret}</Code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
        <Button size="compact-sm" variant="subtle" onClick={onDone}>
          I have kept it
        </Button>
      </div>
    </Alert>
  );
}
