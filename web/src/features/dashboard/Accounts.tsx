import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";
import { useListAccountsQuery } from "@/api";
import { OpenPaperAccount } from "@/app/OpenPaperAccount";
import { ownFirst, useIsOwn } from "@/app/own_accounts";
import { Empty, Loaded } from "@/app/states";
import { Account, AccountSkeleton } from "./Account";
import { ACCOUNTS, MOST_ACCOUNTS } from "./use_needs";

export function Accounts() {
  const query = useListAccountsQuery(ACCOUNTS);
  const isOwn = useIsOwn();
  return (
    <Loaded query={query} skeleton={<AccountSkeleton />}>
      {({ data }) => (
        <>
          {!data.some(isOwn) && (
            <Empty title="No account is yours yet" action={<OpenPaperAccount isMain={false} />}>
              What an account of the paper exchange is worth, earned today and holds is shown here.
            </Empty>
          )}
          {ownFirst(data, isOwn)
            .slice(0, MOST_ACCOUNTS)
            .map((each) => (
              <Account key={each.id} account={each} />
            ))}
          {data.length > MOST_ACCOUNTS && (
            <Text size="sm" c="var(--faint)" mt="sm">
              {data.length - MOST_ACCOUNTS} more are on{" "}
              <Anchor component={Link} to="/trade" inherit>
                Trade
              </Anchor>
              .
            </Text>
          )}
        </>
      )}
    </Loaded>
  );
}
