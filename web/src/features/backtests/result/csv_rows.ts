/** Reads a table that the gateway sent as CSV (RFC 4180), a part at a time so that the page stays awake. */

const AT_ONCE_MS = 8;
/** Of a field: comma, line feed, carriage return. */
const [COMMA, LINE, RETURN] = [44, 10, 13];

/** A row as fields; `undefined` where it is empty and unquoted. */
export type Fields = readonly (string | undefined)[];

export async function readCsv<T>(text: string, make: (field: (name: string) => string | undefined, at: number) => T) {
  const [head = [], ...rest] = [...lines(text, 0, 1)];
  const places = new Map(head.map((name, at) => [name ?? "", at]));
  const rows: T[] = [...rest.map((row, at) => make(named(row, places), at))];
  let begun = performance.now();
  for (const row of lines(text, 1)) {
    rows.push(make(named(row, places), rows.length));
    if (performance.now() - begun < AT_ONCE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    begun = performance.now();
  }
  return rows;
}

function named(row: Fields, places: ReadonlyMap<string, number>) {
  return (name: string): string | undefined => row[places.get(name) ?? -1];
}

function* lines(text: string, skip: number, most = Infinity): Generator<Fields> {
  let [at, count] = [0, 0];
  while (at < text.length && count < skip + most) {
    const row: (string | undefined)[] = [];
    for (;;) {
      let value: string | undefined;
      if (text[at] === '"') {
        let end = text.indexOf('"', at + 1);
        while (text[end + 1] === '"') end = text.indexOf('"', end + 2);
        value = text.slice(at + 1, end).replaceAll('""', '"');
        at = end + 1;
      } else {
        let end = at;
        while (end < text.length) {
          const code = text.charCodeAt(end);
          if (code === COMMA || code === LINE || code === RETURN) break;
          end += 1;
        }
        value = end === at ? undefined : text.slice(at, end);
        at = end;
      }
      row.push(value);
      if (text[at] !== ",") break;
      at += 1;
    }
    while (text[at] === "\r" || text[at] === "\n") at += 1;
    if (count >= skip) yield row;
    count += 1;
  }
}
