import { ActionIcon, UnstyledButton } from "@mantine/core";
import { Menu as MenuIcon, Search } from "lucide-react";
import { AccountMenu } from "./AccountMenu";
import { Breadcrumb } from "./Breadcrumb";
import { ClockMenu } from "./ClockMenu";
import { ConnectionDot } from "./ConnectionDot";
import classes from "./Frame.module.css";
import { SchemeToggle } from "./SchemeToggle";

interface TopBarProps {
  readonly onMenu: () => void;
  readonly onSearch: () => void;
}

export function TopBar({ onMenu, onSearch }: TopBarProps) {
  return (
    <>
      <ActionIcon
        className={classes["menu"] ?? ""}
        variant="subtle"
        color="gray"
        onClick={onMenu}
        aria-label="Open the menu"
      >
        <MenuIcon size={18} />
      </ActionIcon>
      <Breadcrumb />
      <UnstyledButton className={classes["search"] ?? ""} onClick={onSearch}>
        <Search size={14} aria-hidden />
        <span>Search</span> <kbd>Ctrl K</kbd>
      </UnstyledButton>
      <ConnectionDot />
      <ClockMenu />
      <SchemeToggle />
      <AccountMenu />
    </>
  );
}
