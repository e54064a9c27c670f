/** Ingestions: those of this page, and those that began elsewhere. */
import { useListIngestionsQuery, type IngestionMessage } from "@/api";

const NEWEST = { limit: 200 };

export function isActive({ status }: Pick<IngestionMessage, "status">): boolean {
  return status === "queued" || status === "running";
}

/** The newest ingestions; asked for anew when one of them changed. */
export function useIngestions() {
  return useListIngestionsQuery(NEWEST);
}
