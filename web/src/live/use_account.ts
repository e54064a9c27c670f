/** The account as the exchange has it: asked for anew whenever its orders or fills change. */
import { useMemo } from "react";
import { useGetAccountQuery, type AccountDetail } from "@/api";
import { fills, orders } from "./account";
import { useChannelValue } from "./channels";
import { useFrameValue } from "./frame_value";
import { RECORDED_EVERY_MS, useRecorded } from "./use_recorded";

/** Undefined: the exchange has not said yet. */
export function useAccount(account: string): AccountDetail | undefined {
  const query = useGetAccountQuery({ account }, { pollingInterval: RECORDED_EVERY_MS });
  const live = useFrameValue(useChannelValue(useMemo(() => orders(account), [account])), ({ data }) => data);
  const filled = useFrameValue(useChannelValue(useMemo(() => fills(account), [account])), ({ data }) => data);
  useRecorded(query.refetch, live);
  useRecorded(query.refetch, filled);
  return query.currentData;
}
