/** A file on its way into the store: chosen, looked at with what was said of it, sent. */
import { useEffect, useState } from "react";
import { api, type ApiError, type UploadMessage } from "@/api";
import { toApiError } from "@/api/problems";
import { useAppDispatch } from "@/app/store";
import { lookAt, store, symbolOf, type Role, type UploadChoices } from "./upload_requests";

const NOTHING: UploadChoices = { symbol: "", interval: "", timezone: "", columns: {} };

interface Looked {
  readonly found: UploadMessage | undefined;
  readonly error: ApiError | undefined;
  readonly isLooking: boolean;
}

export function useUpload() {
  const dispatch = useAppDispatch();
  const [file, setFile] = useState<File>();
  const [choices, setChoices] = useState(NOTHING);
  const [looked, setLooked] = useState<Looked>({ found: undefined, error: undefined, isLooking: false });
  const [isSending, setSending] = useState(false);
  const [sent, setSent] = useState<string>();
  const { interval, timezone, columns } = choices;
  useEffect(() => {
    if (file === undefined) return undefined;
    let isOld = false;
    const told = (found: UploadMessage | undefined, error: ApiError | undefined) => {
      if (!isOld) setLooked((before) => ({ found: found ?? before.found, error, isLooking: false }));
    };
    setLooked((before) => ({ ...before, isLooking: true }));
    lookAt(file, { symbol: "", interval, timezone, columns }).then(
      (found) => told(found, undefined),
      (error: unknown) => told(undefined, toApiError(error)),
    );
    return () => {
      isOld = true;
    };
  }, [file, interval, timezone, columns]);
  return {
    file,
    choices,
    ...looked,
    isSending,
    /** The ingestion that stores it. */
    sent,
    choose: (chosen: File) => {
      setFile(chosen);
      setChoices({ ...NOTHING, symbol: symbolOf(chosen.name) });
      setLooked({ found: undefined, error: undefined, isLooking: true });
      setSent(undefined);
    },
    change: (part: Partial<UploadChoices>) => setChoices((before) => ({ ...before, ...part })),
    takeAs: (name: string, role: Role) =>
      setChoices((before) => ({ ...before, columns: taken(before.columns, name, role) })),
    send: async () => {
      if (file === undefined) return;
      setSending(true);
      try {
        const { ingestion } = await store(file, choices);
        setSent(ingestion ?? undefined);
        dispatch(api.util.invalidateTags(["ingestions"]));
      } catch (error) {
        setLooked((before) => ({ ...before, error: toApiError(error) }));
      } finally {
        setSending(false);
      }
    },
  };
}

/** A column is one thing: what it was said to be before, it is no more. */
export function taken(before: UploadChoices["columns"], name: string, role: Role): UploadChoices["columns"] {
  const others = Object.entries(before).filter(([, column]) => column !== name);
  return { ...Object.fromEntries(others), [role]: name };
}
