/** How the exchange does, as it tells once a second. */
import type { ExchangeMessage, Update } from "@arbitrax/client";
import { useGetExchangeQuery, type ExchangeMessage as Exchange } from "@/api";
import { useNow } from "@/format";
import { useChannel, type Channel } from "./channels";

const exchange: Channel<Update<ExchangeMessage>, Exchange> = {
  key: "exchange",
  open: (stream, listener) => stream.exchange(listener),
  fold: (_, { data }) => data as Exchange,
};

/** Then what is shown is old. */
const LATE_MS = 5_000;

/** As a request, which it is until the channel tells. */
export function useExchange() {
  const { data: first, error: failed, fulfilledTimeStamp: askedAt, refetch } = useGetExchangeQuery();
  const { data, at, error } = useChannel(exchange);
  const isLate = useNow() - at > LATE_MS;
  if (data === undefined) return { data: first, error: failed ?? error, fulfilledTimeStamp: askedAt, refetch };
  const late = isLate ? new Error("The exchange has told nothing for some seconds.") : undefined;
  return { data, error: error ?? late, fulfilledTimeStamp: at, refetch };
}
