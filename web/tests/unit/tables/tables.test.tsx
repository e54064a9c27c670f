import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { Provider } from "react-redux";
import { afterEach, describe, expect, it, vi } from "vitest";
import { store } from "@/app/store";
import { compareValues, csvOf, DataTable, type Column } from "@/tables";

interface Fill {
  readonly id: string;
  readonly symbol: string;
  readonly price: string | null;
}
const FILLS: readonly Fill[] = [
  { id: "1", symbol: "BTC-USD", price: "9.50" },
  { id: "2", symbol: "AAPL", price: "187.25" },
  { id: "3", symbol: "=SUM(A1)", price: null },
];
const COLUMNS: readonly Column<Fill>[] = [
  { id: "symbol", header: "Symbol", value: (fill) => fill.symbol },
  {
    id: "price",
    header: "Price",
    unit: "USD",
    value: (fill) => fill.price,
    kind: "decimal",
    why: "It was not filled.",
  },
];

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("values of a column", () => {
  it("decimal strings are in the order of their numbers, what is missing comes last", () => {
    const found = ["10", null, "9.5", "-3"].toSorted((one, other) => compareValues(one, other, true));
    expect(found).toEqual(["-3", "9.5", "10", null]);
  });

  it("text is in the order that people expect", () => {
    expect(["run 10", "run 9"].toSorted((one, other) => compareValues(one, other, false))).toEqual(["run 9", "run 10"]);
  });

  it("are exported as they came, and nothing becomes a formula; buttons are no values", () => {
    const actions: Column<Fill> = { id: "actions", header: "", value: () => "", cell: () => "Cancel" };
    expect(csvOf([...COLUMNS, actions], [...FILLS, { id: "4", symbol: 'a "b", c', price: "-1" }])).toBe(
      'Symbol,Price (USD)\r\nBTC-USD,9.50\r\nAAPL,187.25\r\n\'=SUM(A1),\r\n"a ""b"", c",-1\r\n',
    );
  });
});

describe("a table", () => {
  const show = (onChoose?: (fill: Fill) => void) =>
    render(
      <Provider store={store}>
        <MantineProvider>
          <DataTable
            name="fills"
            columns={COLUMNS}
            rows={FILLS}
            keyOf={(fill) => fill.id}
            empty="nothing"
            {...(onChoose === undefined ? {} : { onChoose })}
          />
        </MantineProvider>
      </Provider>,
    );
  const symbols = () =>
    within(screen.getByRole("table"))
      .getAllByRole("row")
      .slice(1)
      .map((row) => within(row).getAllByRole("cell")[0]?.textContent);

  it("sorts by a heading, and the other way round", async () => {
    show();
    await userEvent.click(screen.getByRole("button", { name: /Price/ }));
    expect(symbols()).toEqual(["BTC-USD", "AAPL", "=SUM(A1)"]);
    await userEvent.click(screen.getByRole("button", { name: /Price/ }));
    expect(screen.getByRole("columnheader", { name: /Price/ })).toHaveAttribute("aria-sort", "descending");
    expect(symbols()).toEqual(["AAPL", "BTC-USD", "=SUM(A1)"]);
  });

  it("shows the rows that have a text", async () => {
    show();
    await userEvent.type(screen.getByRole("textbox", { name: "Filter fills" }), "btc");
    expect(symbols()).toEqual(["BTC-USD"]);
    expect(screen.getByText("1 of 3 rows")).toBeInTheDocument();
    await userEvent.type(screen.getByRole("textbox", { name: "Filter fills" }), "x");
    expect(screen.getByText("No row has “btcx”.")).toBeInTheDocument();
  });

  it("gives a reason for what is missing, and shows it to who points at it", async () => {
    show();
    const missing = screen.getByRole("img", { name: "none: It was not filled." });
    expect(missing).toHaveTextContent("—");
    expect(screen.queryByText("It was not filled.")).toBeNull();
    await userEvent.hover(missing);
    expect(await screen.findByText("It was not filled.")).toBeInTheDocument();
    await userEvent.unhover(missing);
    expect(screen.queryByText("It was not filled.")).toBeNull();
  });

  it("is used without a mouse", async () => {
    const chosen = vi.fn();
    show(chosen);
    const row = screen.getByRole("row", { name: /AAPL/ });
    row.focus();
    await userEvent.keyboard("{Enter}");
    expect(chosen).toHaveBeenCalledExactlyOnceWith(FILLS[1]);
  });

  it("without a search has its file in a corner, which costs no line, in the order that is seen", async () => {
    const links: HTMLAnchorElement[] = [];
    const kept: Blob[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      links.push(this);
    });
    vi.stubGlobal(
      "URL",
      Object.assign(URL, { createObjectURL: (file: Blob) => kept.push(file), revokeObjectURL: vi.fn() }),
    );
    render(
      <Provider store={store}>
        <MantineProvider>
          <DataTable
            name="value at risk, tested"
            columns={COLUMNS}
            rows={FILLS}
            keyOf={(fill) => fill.id}
            withSearch={false}
            empty="nothing"
          />
        </MantineProvider>
      </Provider>,
    );
    expect(screen.queryByText("3 rows")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: /Price/ }));
    await userEvent.click(screen.getByRole("button", { name: /Price/ }));
    await userEvent.click(screen.getByRole("button", { name: "Download value at risk, tested as CSV" }));
    expect(links.map((each) => each.download)).toEqual(["value-at-risk-tested.csv"]);
    expect(await kept[0]?.text()).toBe("Symbol,Price (USD)\r\nAAPL,187.25\r\nBTC-USD,9.50\r\n'=SUM(A1),\r\n");
  });

  it("draws of a long one what is seen; after a far jump no other row has the focus of one that is gone", () => {
    const many = Array.from({ length: 5000 }, (_, at) => ({ id: `${at}`, symbol: `S${at}`, price: `${at}.5` }));
    render(
      <Provider store={store}>
        <MantineProvider>
          <DataTable
            name="fills"
            columns={COLUMNS}
            rows={many}
            keyOf={(fill) => fill.id}
            empty="nothing"
            onChoose={vi.fn()}
          />
        </MantineProvider>
      </Provider>,
    );
    expect(screen.getAllByRole("row").length).toBeLessThan(40);
    const row = screen.getByRole("row", { name: /S3 / });
    row.focus();
    const log = screen.getByRole("group", { name: "fills" });
    log.scrollTop = 1000 * 28;
    fireEvent.scroll(log);
    expect(screen.getByRole("row", { name: /S1003 / })).toHaveAttribute("aria-rowindex", "1005");
    expect(screen.queryByRole("row", { name: /S3 / })).toBeNull();
    expect(document.body).toHaveFocus();
  });
});
