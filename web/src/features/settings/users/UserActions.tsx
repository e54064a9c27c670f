import { ActionIcon, Menu } from "@mantine/core";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { sentenceOf, useChangeUserMutation, type UserChange, type UserMessage } from "@/api";
import { useAppSelector } from "@/app/store";
import { NewPassword } from "./NewPassword";

const ROLES = ["viewer", "trader", "admin"] as const;

/** What can be changed of somebody else: one's own role and access nobody takes away by mistake. */
export function UserActions({ user }: { readonly user: UserMessage }) {
  const me = useAppSelector((state) => state.session.me?.user.id);
  const [change, { error, isLoading }] = useChangeUserMutation();
  const [isChoosing, setChoosing] = useState(false);
  if (user.id === me) return null;
  // One field is sent, so whatever else changed meanwhile stays.
  const send = async (userChange: UserChange) => (await change({ user: user.id, "If-Match": "*", userChange })).error;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="sm" loading={isLoading} aria-label={`Change ${user.name}`}>
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Role</Menu.Label>
          {ROLES.map((role) => (
            <Menu.Item
              key={role}
              role="menuitemradio"
              aria-checked={role === user.role}
              fw={role === user.role ? 600 : undefined}
              onClick={() => void send({ role })}
            >
              {role}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setChoosing(true)}>New password</Menu.Item>
          <Menu.Item
            {...(user.is_active ? { "data-danger": "" } : {})}
            onClick={() => void send({ is_active: !user.is_active })}
          >
            {user.is_active ? "Lock out" : "Let in again"}
          </Menu.Item>
          {error !== undefined && <Menu.Label role="alert">{sentenceOf(error)}</Menu.Label>}
        </Menu.Dropdown>
      </Menu>
      {isChoosing && (
        <NewPassword name={user.name} onSend={(password) => send({ password })} onClose={() => setChoosing(false)} />
      )}
    </>
  );
}
