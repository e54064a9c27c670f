import { Button, PasswordInput, Text } from "@mantine/core";
import { useState } from "react";
import {
  sentenceOf,
  useListVendorKeysQuery,
  useRemoveVendorKeyMutation,
  useSetVendorKeyMutation,
  type VendorKeyMessage,
} from "@/api";
import { useMay } from "@/app/may";
import { Section } from "@/app/Page";
import { Loaded, TextSkeleton } from "@/app/states";
import { Moment } from "@/format";
import classes from "./Settings.module.css";

/** Keys of vendors: set and forgotten, never shown. */
export function VendorKeys() {
  const query = useListVendorKeysQuery();
  const isAdmin = useMay("admin");
  return (
    <Section title="Vendor keys">
      <Text c="var(--faint)" mb="sm">
        {isAdmin
          ? "Ingestions use them. They are kept sealed, and nobody is shown one again, you neither."
          : "Ingestions use them. An admin sets them."}
      </Text>
      <Loaded query={query} skeleton={<TextSkeleton lines={4} />}>
        {({ data }) => data.map((each) => <Vendor key={each.vendor} vendor={each} isAdmin={isAdmin} />)}
      </Loaded>
    </Section>
  );
}

function Vendor({ vendor, isAdmin }: { readonly vendor: VendorKeyMessage; readonly isAdmin: boolean }) {
  const [set, setting] = useSetVendorKeyMutation();
  const [remove, removing] = useRemoveVendorKeyMutation();
  const [key, setKey] = useState("");
  const error = setting.error ?? removing.error;
  const send = async () => {
    const answer = await set({ vendor: vendor.vendor, newVendorKey: { key } });
    if (answer.error === undefined) setKey("");
  };
  return (
    <div className={classes["vendor"]} role="group" aria-label={vendor.title}>
      <Text fw={550}>{vendor.title}</Text>
      <Text size="sm" c="var(--faint)">
        <Where vendor={vendor} />
      </Text>
      {isAdmin && (
        <form
          className={classes["row"]}
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <PasswordInput
            aria-label={`Key of ${vendor.title}`}
            placeholder={vendor.set_at === null ? "Key" : "Another key"}
            autoComplete="off"
            className={classes["grow"] ?? ""}
            value={key}
            error={error === undefined ? undefined : sentenceOf(error)}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={key === ""} loading={setting.isLoading}>
            Set
          </Button>
          {vendor.set_at !== null && (
            <Button
              variant="subtle"
              data-danger=""
              loading={removing.isLoading}
              onClick={() => void remove({ vendor: vendor.vendor })}
            >
              Forget
            </Button>
          )}
        </form>
      )}
    </div>
  );
}

function Where({ vendor: { source, set_at } }: { readonly vendor: VendorKeyMessage }) {
  if (source === null) return "No key";
  if (source === "environment") return "Set in the operator's environment, which counts first";
  return (
    <>
      Set <Moment at={set_at} precision="minute" />
    </>
  );
}
