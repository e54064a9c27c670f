// A gateway, or several that serve the same.

import { resources } from "./resources.js";
import { Stream, type StreamOptions } from "./stream.js";
import { type ClientOptions, Transport } from "./transport.js";

export type Client = ReturnType<typeof connect>;

/** A client of gateways; nothing is asked before something is asked for. */
export function connect(options: ClientOptions) {
  const transport = new Transport(options);
  return {
    ...resources(transport),
    login: transport.login.bind(transport),
    resumeLogin: transport.resumeLogin.bind(transport),
    logout: transport.logout.bind(transport),
    stream: (streamOptions: StreamOptions = {}) => new Stream(transport, options.webSocket, streamOptions),
  };
}
