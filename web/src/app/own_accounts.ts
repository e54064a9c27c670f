import { useCallback } from "react";
import type { AccountMessage } from "@/api";
import { useAppSelector } from "./store";

type Owned = Pick<AccountMessage, "owner">;

/** Tells whether an account is of whoever is signed in: an admin sees those of others too, the house's among them. */
export function useIsOwn(): (account: Owned) => boolean {
  const user = useAppSelector((state) => state.session.me?.user.id);
  return useCallback((account) => user !== undefined && account.owner === user, [user]);
}

/** One's own before those of others, else in their order: nobody trades from another's account without having chosen it. */
export function ownFirst<Account extends Owned>(
  accounts: readonly Account[],
  isOwn: (account: Owned) => boolean,
): readonly Account[] {
  return [...accounts.filter(isOwn), ...accounts.filter((each) => !isOwn(each))];
}
