import { Text } from "@mantine/core";
import { Age } from "@/format";

/** Says of what is shown that it is old; give it only when it is. */
export function Stale({ at }: { readonly at: number }) {
  return (
    <Text size="sm" c="var(--warn)" role="status">
      Not updated; as of <Age at={at} />
    </Text>
  );
}
