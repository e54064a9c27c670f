import { Anchor, Button, Text } from "@mantine/core";
import { Link } from "react-router";
import { useListAccountsQuery } from "@/api";
import { ownFirst, useIsOwn } from "@/app/own_accounts";
import { Empty, Loaded } from "@/app/states";
import { Account, AccountSkeleton } from "./Account";
import { ACCOUNTS, MOST_ACCOUNTS } from "./use_needs";

export function Accounts() {
  const query = useListAccountsQuery(ACCOUNTS);
  const isOwn = useIsOwn();
  return (
    <Loaded query={query} skeleton={<AccountSkeleton />}>
      {({ data }) =>
        data.length === 0 ? (
          <Empty
            title="No account is yours yet"
            action={
              <Button component={Link} to="/welcome" variant="default">
                Open a paper account
              </Button>
            }
          >
            What an account of the paper exchange is worth, earned today and holds is shown here.
          </Empty>
        ) : (
          <>
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
        )
      }
    </Loaded>
  );
}
