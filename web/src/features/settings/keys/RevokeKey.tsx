import { Button } from "@mantine/core";
import { useState } from "react";
import { sentenceOf, useRevokeKeyMutation, type KeyMessage } from "@/api";

/** Two clicks, for it can not be undone. */
export function RevokeKey({ apiKey }: { readonly apiKey: KeyMessage }) {
  const [revoke, { isLoading, error }] = useRevokeKeyMutation();
  const [isAsked, setAsked] = useState(false);
  if (apiKey.revoked_at !== null) return null;
  return (
    <Button
      size="compact-xs"
      variant={isAsked ? "filled" : "subtle"}
      data-danger={isAsked ? "sure" : ""}
      loading={isLoading}
      title={error === undefined ? undefined : sentenceOf(error)}
      aria-label={isAsked ? `Really revoke ${apiKey.name}` : `Revoke ${apiKey.name}`}
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (isAsked) void revoke({ key: apiKey.id });
        else setAsked(true);
      }}
    >
      {isAsked ? "Really revoke" : "Revoke"}
    </Button>
  );
}
