import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import { useMay } from "@/app/may";
import { Page } from "@/app/Page";
import { Appearance } from "./Appearance";
import { ApiKeys } from "./keys/ApiKeys";
import { Profile } from "./Profile";
import classes from "./Settings.module.css";
import { Users } from "./users/Users";
import { VendorKeys } from "./VendorKeys";

interface Tab {
  readonly id: string;
  readonly label: string;
  readonly isForAdmins: boolean;
  readonly content: () => ReactNode;
}

const TABS: readonly Tab[] = [
  { id: "profile", label: "Profile", isForAdmins: false, content: () => <Profile /> },
  { id: "appearance", label: "Appearance", isForAdmins: false, content: () => <Appearance /> },
  { id: "keys", label: "API keys", isForAdmins: false, content: () => <ApiKeys /> },
  { id: "vendors", label: "Vendor keys", isForAdmins: false, content: () => <VendorKeys /> },
  { id: "users", label: "Users", isForAdmins: true, content: () => <Users /> },
];

/** `?tab=keys` is open. */
export function Component() {
  const isAdmin = useMay("admin");
  const [search, setSearch] = useSearchParams();
  const tabs = TABS.filter((each) => isAdmin || !each.isForAdmins);
  const open = tabs.find((each) => each.id === search.get("tab")) ?? tabs[0];
  return (
    <Page title="Settings">
      <Tabs
        value={open?.id ?? null}
        onChange={(id) => setSearch(id === null ? {} : { tab: id }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          {tabs.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ id, content }) => (
          <Tabs.Panel key={id} value={id} className={classes["panel"] ?? ""}>
            {content()}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
