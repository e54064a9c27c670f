/** Live data: `useChannel(book("AAPL"))`, `useChannel(orders(account))`, ... */
export type { Channel, Live } from "./channels";
export { useChannel, useChannelValue } from "./channels";
export type { ConnectionState } from "./connection";
export { useConnection } from "./connection";
export { FrameValue, useFrameValue } from "./frame_value";
export * from "./account";
export * from "./market";
export { useExchange } from "./exchange";
export type { Changed, JobNews } from "./jobs";
export { jobs } from "./jobs";
export type { LiveRun } from "./run";
export { run } from "./run";
