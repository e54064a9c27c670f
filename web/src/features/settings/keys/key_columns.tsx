import type { KeyMessage } from "@/api";
import type { Column } from "@/tables";
import { RevokeKey } from "./RevokeKey";

export function stateOf({ revoked_at, expires_at }: KeyMessage, now = Date.now()): "counts" | "revoked" | "expired" {
  if (revoked_at !== null) return "revoked";
  return expires_at !== null && Date.parse(expires_at) <= now ? "expired" : "counts";
}

export const KEY_COLUMNS: readonly Column<KeyMessage>[] = [
  { id: "name", header: "Name", value: (each) => each.name },
  { id: "hint", header: "Begins with", value: (each) => `${each.hint}…` },
  { id: "scopes", header: "May", value: (each) => each.scopes.join(", ") },
  { id: "state", header: "State", value: (each) => stateOf(each) },
  {
    id: "addresses",
    header: "From",
    value: (each) => each.addresses.join(", "),
    why: "It counts from every address.",
  },
  {
    id: "used",
    header: "Last used",
    narrow: "whole",
    value: (each) => each.last_used_at,
    kind: "time",
    precision: "minute",
    why: "It was never used.",
  },
  {
    id: "expires",
    header: "Expires",
    narrow: "whole",
    value: (each) => each.expires_at,
    kind: "time",
    precision: "minute",
    why: "It counts until it is revoked.",
  },
  {
    id: "created",
    header: "Made",
    narrow: "whole",
    value: (each) => each.created_at,
    kind: "time",
    precision: "minute",
  },
  { id: "revoke", header: "", value: () => "", cell: (each) => <RevokeKey apiKey={each} /> },
];
