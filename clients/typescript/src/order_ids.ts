// Client order ids that say when they were made, as `arbitrax.trading.client_ids` makes them.

import { newKey } from "./transport.js";

/** `t_`, the ms since 1970 as 11 hexadecimal digits, `_`, and 18 random ones. */
export function newClientOrderId(): string {
  return `t_${Date.now().toString(16).padStart(11, "0")}_${newKey().slice(0, 18)}`;
}
