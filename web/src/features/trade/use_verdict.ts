/** What the exchange's checks say of an order as it is typed; nothing is sent. */
import type { NewOrder, ValidationMessage } from "@arbitrax/client";
import { useEffect, useState } from "react";
import { isApiError, type ApiError } from "@/api";
import { useJudgeOrderMutation } from "./order_requests";

const WAIT_MS = 200;

export interface Verdict {
  /** Of which order; another one is typed meanwhile when it is not the same. */
  readonly order: NewOrder;
  readonly found: ValidationMessage | undefined;
  readonly error: ApiError | undefined;
}

/** `occasion`: judged anew when it changes, such as the buying power. */
export function useVerdict(order: NewOrder | undefined, occasion: unknown): Verdict | undefined {
  const [verdict, setVerdict] = useState<Verdict>();
  const [judge] = useJudgeOrderMutation();
  const text = JSON.stringify(order);
  useEffect(() => {
    if (order === undefined) return undefined;
    let isOld = false;
    const timer = setTimeout(() => {
      void judge(order).then(({ data, error }) => {
        if (!isOld) setVerdict({ order, found: data, error: isApiError(error) ? error : undefined });
      });
    }, WAIT_MS);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- its text says what an order is
  }, [text, occasion, judge]);
  return order === undefined ? undefined : verdict;
}
