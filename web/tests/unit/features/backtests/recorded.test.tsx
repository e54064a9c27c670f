import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { CutShort } from "@/features/backtests/result/CutShort";
import { RecordedContext } from "@/features/backtests/recorded";

test("a report says of a table how much of it there is; the page has all", () => {
  const { container, rerender } = render(<CutShort table="trades" />);
  expect(container.textContent).toBe("");
  const recorded = { cuts: [{ table: "trades", rows: 2000, of: 12_345 }], priced: [] };
  rerender(
    <RecordedContext value={recorded}>
      <CutShort table="trades" />
      <CutShort table="orders" />
    </RecordedContext>,
  );
  expect(screen.getAllByRole("note").map((each) => each.textContent.replaceAll(/\s/g, " "))).toEqual([
    expect.stringContaining("first 2 000 of 12 345 trades"),
  ]);
});
