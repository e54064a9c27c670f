import { Alert, Button } from "@mantine/core";
import { useNavigate } from "react-router";
import { sentenceOf, useOpenAccountMutation } from "@/api";
import { useMay } from "./may";
import { useAppSelector } from "./store";

const CASH = "100000";

interface OpenPaperAccountProps {
  /** Whether it is what the page is for. */
  readonly isMain?: boolean;
}

/** Opens an account of the paper exchange, as most want it, and goes to its desk: one click. */
export function OpenPaperAccount({ isMain = true }: OpenPaperAccountProps) {
  const [open, { error, isLoading }] = useOpenAccountMutation();
  const name = useAppSelector((state) => state.session.me?.user.name);
  const mayTrade = useMay("trade");
  const navigate = useNavigate();
  if (name === undefined || !mayTrade) return null;
  const send = async () => {
    const { data } = await open({ newAccount: { name: `paper-${name}`, cash: CASH } });
    if (data !== undefined) void navigate(`/trade?account=${data.id}`);
  };
  return (
    <>
      <Button variant={isMain ? "filled" : "default"} loading={isLoading} onClick={() => void send()}>
        Open a paper account
      </Button>
      {error !== undefined && (
        <Alert color="orange" role="alert" mt="sm">
          {sentenceOf(error)}
        </Alert>
      )}
    </>
  );
}
