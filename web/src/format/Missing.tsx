import { Tooltip } from "@mantine/core";
import { DASH } from "./decimal";

/** An em dash where a value is missing, with the reason on hover and for readers of screens. */
export function Missing({ why }: { readonly why: string }) {
  return (
    <Tooltip label={why} multiline maw={280}>
      <span role="img" aria-label={`none: ${why}`}>
        {DASH}
      </span>
    </Tooltip>
  );
}
