/** What charts of at most two thousand points, which Recharts draws, look like. */
import { TEXT_SIZE, useColours } from "./colours";

export const SMALL_HEIGHT = 280;
/** Until the place has been measured, which paper does not wait for. */
export const FIRST_SIZE = { width: 640, height: SMALL_HEIGHT };
export const AXIS = { fontSize: TEXT_SIZE, tickLine: false, axisLine: false } as const;
export const SPACE = { top: 8, right: 16, bottom: 8, left: 0 };

export function ChartNote({ lines }: { readonly lines: readonly string[] }) {
  const { card, line } = useColours();
  return (
    <div
      style={{
        padding: "4px 8px",
        fontSize: TEXT_SIZE,
        background: card,
        border: `1px solid ${line}`,
        borderRadius: 4,
      }}
    >
      {lines.map((each) => (
        <div key={each}>{each}</div>
      ))}
    </div>
  );
}
