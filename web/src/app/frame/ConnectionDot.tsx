import { Tooltip } from "@mantine/core";
import { formatDuration } from "@/format";
import { useConnection, type ConnectionState } from "@/live";
import classes from "./Frame.module.css";

const WORDS: Readonly<Record<ConnectionState["state"], string>> = {
  connecting: "Connecting",
  live: "Connected; what changes comes by itself",
  idle: "Connected; nothing on this page changes by itself",
  offline: "The gateway does not answer; trying again",
};

/** Whether the gateway is there, and how far away. */
export function ConnectionDot() {
  const { state, latency } = useConnection();
  const away = latency === null ? "" : `, ${formatDuration(latency / 1000)} there and back`;
  return (
    <Tooltip label={WORDS[state] + away}>
      <span
        className={classes["connection"]}
        data-state={state}
        role="status"
        aria-label={WORDS[state] + away}
        tabIndex={0}
      >
        <span className={classes["dot"]} />
        <span className={classes["latency"]}>
          {state === "offline" ? "Offline" : latency === null ? "" : `${latency.toFixed(0)} ms`}
        </span>
      </span>
    </Tooltip>
  );
}
