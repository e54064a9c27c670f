import { Tooltip } from "@mantine/core";
import { memo, useState } from "react";
import { DASH } from "./decimal";

/** An em dash where a value is missing, with the reason on hover and for readers of screens. */
export const Missing = memo(function Missing({ why }: { readonly why: string }) {
  // Tables have thousands; what floats is only made for the one that is pointed at.
  const [pointedAt, setPointedAt] = useState<HTMLElement | null>(null);
  return (
    <>
      <span
        role="img"
        aria-label={`none: ${why}`}
        onMouseEnter={(event) => setPointedAt(event.currentTarget)}
        onMouseLeave={() => setPointedAt(null)}
      >
        {DASH}
      </span>
      {pointedAt !== null && <Tooltip target={pointedAt} opened label={why} multiline maw={280} />}
    </>
  );
});
