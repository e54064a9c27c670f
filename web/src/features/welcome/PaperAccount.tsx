import { Alert, Button, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "react-router";
import { fieldError, sentenceOf, useListAccountsQuery, useOpenAccountMutation, type AccountMessage } from "@/api";
import { useMay } from "@/app/may";
import { useIsOwn } from "@/app/own_accounts";
import { Loaded, TextSkeleton } from "@/app/states";
import classes from "./PaperAccount.module.css";

/** Opens an account of the paper exchange; or leads to the one there is. */
export function PaperAccount() {
  const query = useListAccountsQuery({ limit: 100 });
  const mayOpen = useMay("trade");
  const isOwn = useIsOwn();
  return (
    <Loaded query={query} skeleton={<TextSkeleton lines={2} />}>
      {({ data }) => {
        const first = data.find(isOwn);
        if (first !== undefined) return <Own account={first} />;
        return mayOpen ? <Open /> : <Text c="var(--faint)">A viewer has none; an admin can make you a trader.</Text>;
      }}
    </Loaded>
  );
}

function Own({ account }: { readonly account: AccountMessage }) {
  return (
    <div className={classes["own"]}>
      <Text c="var(--faint)">
        Your account <b>{account.name}</b> trades on the paper exchange.
      </Text>
      <Button component={Link} to={`/trade?account=${account.id}`} variant="default">
        Trade
      </Button>
    </div>
  );
}

function Open() {
  const [open, { error, isLoading }] = useOpenAccountMutation();
  const form = useForm({ initialValues: { name: "paper", cash: "100000" } });
  const send = form.onSubmit(async (newAccount) => {
    const { error: refused } = await open({ newAccount });
    form.setErrors({ name: fieldError(refused, "/name"), cash: fieldError(refused, "/cash") });
  });
  return (
    <>
      <Text c="var(--faint)" mb="sm">
        Orders go to an exchange on this machine, with cash that exists there only.
      </Text>
      <form onSubmit={send} className={classes["row"]} noValidate>
        <TextInput label="Name" {...form.getInputProps("name")} />
        <TextInput label="Cash" inputMode="decimal" {...form.getInputProps("cash")} />
        <Button type="submit" variant="default" loading={isLoading}>
          Open a paper account
        </Button>
      </form>
      {error !== undefined && (
        <Alert color="orange" role="alert" mt="sm">
          {sentenceOf(error)}
        </Alert>
      )}
    </>
  );
}
