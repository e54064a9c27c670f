import { MantineProvider } from "@mantine/core";
import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { Provider } from "react-redux";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { store } from "@/app/store";
import { DataTable, type Column } from "@/tables";
import { cardLayout } from "@/tables/card_layout";

interface Order {
  readonly id: string;
  readonly symbol: string;
  readonly price: string;
  readonly at: string;
}
const ORDERS: readonly Order[] = [
  { id: "1", symbol: "MSFT", price: "30.00", at: "2026-11-27T10:00:00Z" },
  { id: "2", symbol: "AAPL", price: "187.25", at: "2026-11-27T11:00:00Z" },
];
const COLUMNS: readonly Column<Order>[] = [
  { id: "at", header: "Sent", value: (order) => order.at, kind: "time" },
  { id: "symbol", header: "Symbol", value: (order) => order.symbol },
  { id: "price", header: "Price", unit: "USD", value: (order) => order.price, kind: "decimal" },
  { id: "id", header: "Order", value: (order) => order.id, narrow: "hidden" },
  { id: "actions", header: "", value: () => null, cell: () => <button type="button">Cancel</button> },
];

describe("a card", () => {
  it("has what a row is of in its first line, moments on lines of their own, and leaves out what is hidden", () => {
    const { title, actions, lines } = cardLayout(COLUMNS);
    expect(title.map((each) => each.id)).toEqual(["symbol"]);
    expect(actions.map((each) => each.id)).toEqual(["actions"]);
    expect(lines.map((line) => line.map((each) => each.id))).toEqual([["at"], ["price"]]);
  });

  it("puts two short values on a line, never one beside a long one", () => {
    const column = (id: string, narrow?: "whole"): Column<Order> => ({
      id,
      header: id,
      value: (order) => order.price,
      kind: "decimal",
      ...(narrow === undefined ? {} : { narrow }),
    });
    const named: Column<Order> = { id: "name", header: "Name", value: (order) => order.symbol };
    const { lines, height } = cardLayout([named, column("a"), column("b"), column("c"), column("d", "whole")]);
    expect(lines.map((line) => line.map((each) => each.id).join())).toEqual(["a,b", "c", "d"]);
    expect(height).toBe(28 + 3 * 22 + 13);
  });
});

describe("a table on a narrow screen", () => {
  beforeEach(() => {
    vi.stubGlobal("matchMedia", (media: string) =>
      Object.assign(new EventTarget(), { matches: media.includes("max-width: 760px"), media, onchange: null }),
    );
  });
  afterEach(() => vi.unstubAllGlobals());

  it("is a list of cards that can be sorted, each value beside its header", async () => {
    render(
      <Provider store={store}>
        <MantineProvider>
          <DataTable name="orders" columns={COLUMNS} rows={ORDERS} keyOf={(order) => order.id} empty="nothing" />
        </MantineProvider>
      </Provider>,
    );
    expect(screen.queryByRole("columnheader")).toBeNull();
    const first = () => screen.getAllByRole("row")[0] as HTMLElement;
    expect(within(first()).getByText("MSFT")).toBeVisible();
    expect(within(first()).getByText("Price, USD")).toBeVisible();
    expect(within(first()).getByRole("button", { name: "Cancel" })).toBeVisible();
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Sort orders by" }), "Symbol");
    expect(within(first()).getByText("AAPL")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Largest first" }));
    expect(within(first()).getByText("MSFT")).toBeVisible();
  });
});
