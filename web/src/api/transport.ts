/** The one transport of the page: access token in memory, refresh token in the cookie that no script sees. */
import { Transport } from "@arbitrax/client";

export const transport = new Transport({ urls: [window.location.origin], retries: 2 });
