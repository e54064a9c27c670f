import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { NEXT, useNextFocus } from "@/features/trade/use_next_focus";

function Rows({ rows }: { readonly rows: readonly string[] }) {
  return (
    <div {...useNextFocus(rows)} tabIndex={-1} role="group" aria-label="Rows">
      {rows.map((row) => (
        <p key={row}>
          <button>change {row}</button>
          <button {...NEXT}>cancel {row}</button>
        </p>
      ))}
      {rows.length > 0 && <button>cancel all</button>}
    </div>
  );
}

const named = (name: string) => screen.getByRole("button", { name });

it("goes to the next row, to the one before the last, and around them when there is none", () => {
  const { rerender } = render(<Rows rows={["a", "b", "c"]} />);
  named("cancel b").focus();
  rerender(<Rows rows={["a", "c"]} />);
  expect(document.activeElement).toBe(named("cancel c"));
  rerender(<Rows rows={["a"]} />);
  expect(document.activeElement).toBe(named("cancel a"));
  rerender(<Rows rows={["new", "a"]} />);
  expect(document.activeElement).toBe(named("cancel a"));
  rerender(<Rows rows={[]} />);
  expect(document.activeElement).toBe(screen.getByRole("group", { name: "Rows" }));
});

it("stays where it is when another row goes, or when it was elsewhere", () => {
  const { rerender } = render(<Rows rows={["a", "b"]} />);
  named("change b").focus();
  rerender(<Rows rows={["b"]} />);
  expect(document.activeElement).toBe(named("change b"));
  named("change b").blur();
  rerender(<Rows rows={[]} />);
  expect(document.activeElement).toBe(document.body);
});

it("is kept when all were cancelled at once", () => {
  const { rerender } = render(<Rows rows={["a", "b"]} />);
  named("cancel all").focus();
  rerender(<Rows rows={[]} />);
  expect(document.activeElement).toBe(screen.getByRole("group", { name: "Rows" }));
});
