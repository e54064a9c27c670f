import { Button } from "@mantine/core";
import { sentenceOf, useCancelIngestionMutation, type IngestionMessage } from "@/api";
import { isActive } from "./use_ingestions";

/** Asks for the end of an ingestion; what it has stored stays. */
export function CancelIngestion({ ingestion }: { readonly ingestion: IngestionMessage }) {
  const [cancel, { isLoading, error }] = useCancelIngestionMutation();
  // One of the command line has no job here: it ends there.
  if (!isActive(ingestion) || ingestion.job === null) return null;
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      loading={isLoading}
      disabled={ingestion.cancel_asked}
      title={error === undefined ? undefined : sentenceOf(error)}
      aria-label={`Cancel the ingestion of ${ingestion.spec.symbols.join(", ")}`}
      onClick={() => void cancel({ ingestion: ingestion.id })}
    >
      {ingestion.cancel_asked ? "Ends" : error === undefined ? "Cancel" : "Cancel again"}
    </Button>
  );
}
