import { Button, Group, Popover, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { sentenceOf, useKillAccountMutation, useReviveAccountMutation } from "@/api";
import classes from "./KillSwitch.module.css";

interface KillSwitchProps {
  readonly account: string;
  /** Undefined: the exchange has not said. */
  readonly isKilled: boolean | undefined;
  readonly openOrders: number;
}

/** Two steps, at two places: nobody kills an account, or revives one, by clicking twice. */
export function KillSwitch({ account, isKilled, openOrders }: KillSwitchProps) {
  const [isAsked, setAsked] = useState(false);
  const [kill, killing] = useKillAccountMutation();
  const [revive, reviving] = useReviveAccountMutation();
  const act = async () => {
    const { data, error } = await (isKilled === true ? revive : kill)({ account });
    setAsked(false);
    if (error !== undefined) {
      notifications.show({
        color: "yellow",
        title: "The kill switch did not act",
        message: sentenceOf(error),
        autoClose: false,
      });
    } else if (data.killed === null) {
      const message = "What became of it is not known yet. Look whether the account still takes orders, and try again.";
      notifications.show({ color: "yellow", title: "The exchange has not answered", message, autoClose: false });
    }
  };
  const question = isKilled
    ? "The exchange takes orders of this account again. Those that were cancelled stay so."
    : `${openOrders === 0 ? "No order is open." : `Cancels ${openOrders === 1 ? "the open order" : `all ${openOrders} open orders`}.`} New ones are refused until it is taken back. Positions stay.`;
  return (
    <>
      {isKilled === true && (
        <Text size="sm" c="var(--warn)" fw={550} role="status">
          Killed: no new orders
        </Text>
      )}
      <Popover opened={isAsked} onChange={setAsked} position="bottom-end" width={280} trapFocus returnFocus withArrow>
        <Popover.Target>
          <Button
            variant="default"
            className={isKilled === true ? "" : (classes["kill"] ?? "")}
            {...(isKilled === true ? {} : { "data-danger": "" })}
            disabled={isKilled === undefined}
            onClick={() => setAsked(!isAsked)}
          >
            {isKilled === true ? "Revive" : "Kill"}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Kill switch">
          <Text size="sm" mb="md">
            {question}
          </Text>
          <Group justify="space-between">
            <Button variant="default" size="xs" data-autofocus onClick={() => setAsked(false)}>
              {isKilled === true ? "Keep it killed" : "Keep trading"}
            </Button>
            <Button
              size="xs"
              {...(isKilled === true ? {} : { "data-danger": "sure" })}
              loading={killing.isLoading || reviving.isLoading}
              onClick={() => void act()}
            >
              {isKilled === true ? "Revive account" : "Kill account"}
            </Button>
          </Group>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}
