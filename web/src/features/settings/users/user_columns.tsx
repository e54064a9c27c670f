import type { UserMessage } from "@/api";
import type { Column } from "@/tables";
import { UserActions } from "./UserActions";

export const USER_COLUMNS: readonly Column<UserMessage>[] = [
  { id: "name", header: "Name", narrow: "title", value: (each) => each.name },
  { id: "role", header: "Role", value: (each) => each.role },
  { id: "state", header: "State", narrow: "whole", value: stateOf },
  {
    id: "login",
    header: "Last login",
    narrow: "whole",
    value: (each) => each.last_login_at,
    kind: "time",
    precision: "minute",
    why: "They never signed in.",
  },
  {
    id: "created",
    header: "Added",
    narrow: "whole",
    value: (each) => each.created_at,
    kind: "time",
    precision: "minute",
  },
  { id: "change", header: "", value: () => "", cell: (each) => <UserActions user={each} /> },
];

function stateOf({ is_active, must_change_password }: UserMessage): string {
  if (!is_active) return "locked out";
  return must_change_password ? "must change the password" : "may sign in";
}
