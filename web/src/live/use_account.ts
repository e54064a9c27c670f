/** The account as the exchange has it: asked for anew whenever something happened to it, a kill and a revival too. */
import { useEffect, useMemo, useRef } from "react";
import { useGetAccountQuery, type AccountDetail } from "@/api";
import { cash } from "./account";
import { useChannelValue } from "./channels";
import { useFrameValue } from "./frame_value";

/** Between two times that it is asked for: to the account of a market maker something happens all the time. */
const LEAST_MS = 1_000;

/** Undefined: the exchange has not said yet. */
export function useAccount(account: string): AccountDetail | undefined {
  const query = useGetAccountQuery({ account });
  const told = useFrameValue(useChannelValue(useMemo(() => cash(account), [account])), ({ data }) => data);
  const askedAt = useRef(0);
  const { refetch } = query;
  useEffect(() => {
    if (told === undefined) return undefined;
    const ask = () => {
      askedAt.current = Date.now();
      void refetch();
    };
    // The channel tells of every entry of the journal that is about the account, with the cash there is then.
    const timer = setTimeout(ask, Math.max(0, askedAt.current + LEAST_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [told, refetch]);
  return query.currentData;
}
