import { expect, test } from "vitest";
import { readCsv } from "@/features/backtests/result/csv_rows";
import { readTrades } from "@/features/backtests/result/tables";

const read = (text: string) => readCsv(text, (field, at) => [at, field("a"), field("b")]);

test("fields may be quoted, empty, or hold commas, quotes and line ends", async () => {
  const text = '"a","b"\r\n"x, y",1\r\n"say ""hi""",\r\n"two\nlines",3\r\n,4\r\n';
  expect(await read(text)).toEqual([
    [0, "x, y", "1"],
    [1, 'say "hi"', undefined],
    [2, "two\nlines", "3"],
    [3, undefined, "4"],
  ]);
});

test("a table without rows has none, and a last line need not end", async () => {
  expect(await read('"a","b"\n')).toEqual([]);
  expect(await read("a,b\n1,2")).toEqual([[0, "1", "2"]]);
});

test("a column that is not there is empty", async () => {
  expect(await read("b\n2\n")).toEqual([[0, undefined, "2"]]);
});

test("a trade keeps its money as text and what is unknown as NaN", async () => {
  const head =
    '"symbol","side","quantity","entry_time","entry_price","entry_order","entry_reason","entry_tag","exit_time","exit_price","exit_order","exit_reason","exit_tag","is_open","pnl","return","mae","mfe","fees","slippage","income","duration_seconds"';
  const row =
    '"AAPL","long",24799.230438189014,"2000-09-05T00:00:00Z",4.028354837425157,0,"market",,"2000-10-05T00:00:00Z",1.5092837480103014,1,"signal",,false,-62608.353611942475,-0.62,,0.02,1.5e-07,68.6,0,2592000';
  const [trade] = await readTrades(`${head}\n${row}\n`);
  expect(trade).toMatchObject({
    number: 1,
    pnl: "-62608.353611942475",
    fees: "0.00000015",
    isOpen: false,
    entryTag: null,
    mae: NaN,
    seconds: 2_592_000,
  });
});
