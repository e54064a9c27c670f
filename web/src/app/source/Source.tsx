import { Button, CopyButton, Text } from "@mantine/core";
import { useMemo } from "react";
import { download } from "@/tables";
import { tokensOf } from "./python_tokens";
import classes from "./Source.module.css";

interface SourceProps {
  readonly text: string;
  readonly sha256: string | null;
  readonly name: string;
}

/** The file of a strategy, as it is or as a run had it, and the hash that its runs have in their specs. */
export function Source({ text, sha256, name }: SourceProps) {
  const tokens = useMemo(() => tokensOf(text), [text]);
  return (
    <>
      <div className={classes["sourceBar"]}>
        <Text size="sm" c="var(--faint)" className={classes["hash"] ?? ""}>
          SHA-256 {sha256}
        </Text>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="subtle" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
        <Button size="compact-sm" variant="subtle" onClick={() => download(`${name}.py`, text, "text/x-python")}>
          Download
        </Button>
      </div>
      <pre className={classes["source"]} tabIndex={0} aria-label={`Source of ${name}`}>
        <code>
          {tokens.map(({ kind, text: piece }, at) =>
            kind === "plain" ? (
              piece
            ) : (
              <span key={at} data-kind={kind}>
                {piece}
              </span>
            ),
          )}
        </code>
      </pre>
    </>
  );
}
