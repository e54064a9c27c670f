import { ActionIcon, Menu } from "@mantine/core";
import { CircleUserRound } from "lucide-react";
import { Link } from "react-router";
import { signOut } from "@/api/session";
import { useAppDispatch, useAppSelector } from "../store";

export function AccountMenu() {
  const dispatch = useAppDispatch();
  const user = useAppSelector((state) => state.session.me?.user);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Account: ${user?.name ?? ""}`}>
          <CircleUserRound size={18} strokeWidth={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user?.name}, {user?.role}
        </Menu.Label>
        <Menu.Item component={Link} to="/settings">
          Settings
        </Menu.Item>
        <Menu.Item onClick={() => void dispatch(signOut())}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
