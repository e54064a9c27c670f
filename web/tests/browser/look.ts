/** How a page looks, compared with the picture of it that is kept: what changes by itself is fixed before. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { PNG } from "pngjs";

const KEPT = fileURLToPath(new URL("references/", import.meta.url));
const SEEN = fileURLToPath(new URL("../../../build/browser/", import.meta.url));
const VERSION = `${KEPT}chromium.txt`;
/** Colours are compared as means of squares of so many pixels: edges of letters may differ, letters may not. */
const CELL = 8;
/** Of 255; text covers more of a cell, smoothing of its edges less. */
const LEAST_DIFFERENCE = 10;
/** Cells: less than a card, a button or a line of text. */
const MOST_CELLS = 10;
const MOST_TRIES = 8;
const isAnew = process.env["REFERENCES"] === "anew";

/** What of a page is another each time, besides times, ids, hashes and durations. */
export interface Changing {
  /** All its numbers. */
  readonly numbers?: boolean;
  /** What these selectors find; its place must not change. */
  readonly covered?: readonly string[];
}

/** Why the page does not look as the picture of that name; undefined: it does. `npm run references` takes pictures anew. */
export async function lookOf(page: Page, name: string, options: Changing = {}): Promise<string | undefined> {
  const version = page.context().browser()?.version() ?? "";
  const file = `${KEPT}${name}.png`;
  const png = await still(page, options);
  mkdirSync(SEEN, { recursive: true });
  writeFileSync(`${SEEN}${name}.png`, png);
  if (isAnew) {
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(file, png);
    writeFileSync(VERSION, `${version}\n`);
    return undefined;
  }
  if (!isComparable(version)) return undefined;
  if (!existsSync(file)) return `${name}: there is no picture of it; npm run references takes it.`;
  const found = differences(PNG.sync.read(readFileSync(file)), PNG.sync.read(png));
  if (found.length <= MOST_CELLS) return undefined;
  const place = found.slice(0, 3).map(({ x, y }) => `${x},${y}`);
  return `${name}: ${found.length} squares of ${CELL} pixels differ from its picture, from ${place.join(" and ")} on; see build/browser/${name}.png. If it is meant: npm run references.`;
}

let told = false;

/** Another Chromium draws letters and lines otherwise. */
function isComparable(version: string): boolean {
  const kept = existsSync(VERSION) ? readFileSync(VERSION, "utf8").trim() : version;
  const isSame = major(kept) === major(version);
  if (!isSame && !told)
    process.stdout.write(`Pictures were not compared: they are of Chromium ${kept}, and this is ${version}.\n`);
  told ||= !isSame;
  return isSame;
}

function major(version: string): string {
  return version.split(".")[0] ?? "";
}

/** A picture without what is another each time: taken again when the page wrote something while it was taken. */
async function still(page: Page, changing: Changing): Promise<Buffer> {
  for (let tries = 1; ; tries += 1) {
    const { picture, isStill } = await fixed(page, changing);
    if (isStill || tries === MOST_TRIES) return picture;
  }
}

async function fixed(
  page: Page,
  { numbers = false, covered = [] }: Changing,
): Promise<{ picture: Buffer; isStill: boolean }> {
  await page.mouse.move(0, 0);
  await page.evaluate(async (all) => {
    await document.fonts.ready;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    const changes: [RegExp, string][] = [
      [/\d{4}-\d\d-\d\d \d\d:\d\d/g, "2026-01-02 03:04"],
      [/\d\d:\d\d:\d\d(\.\d+)?/g, "03:04:05"],
      [/\b(\d+ (s|min) ago|now)\b/g, "1 s ago"],
      [/\b([a-z]{2,4})_[0-9A-Za-z]{20,}/g, "$1_01234567890123456789012345"],
      [/\b[0-9a-f]{8,}\b/g, "01234567"],
      [/\b\d[\d.,]*\s?(µs|ms|s|min)\b/g, "1 s"],
      [new RegExp(new Date().toISOString().slice(0, 10), "g"), "2026-01-02"],
    ];
    if (all) changes.push([/\d[\d.,\u202f\u00a0]*/g, "0"]);
    const texts: [Text, string, string][] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const groups = new Map<Node, Text[]>(); // a date has its hyphens in elements of their own
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      if (node.parentElement?.closest("style, script") !== null) continue;
      const of = node.parentElement.closest("time") ?? node;
      groups.set(of, [...(groups.get(of) ?? []), node]);
    }
    for (const nodes of groups.values()) {
      const before = nodes.map((node) => node.data).join("");
      const after = changes.reduce((text, [what, by]) => text.replace(what, by), before);
      if (after === before || (nodes.length > 1 && after.length !== before.length)) continue;
      let at = 0;
      for (const node of nodes) {
        const text = nodes.length === 1 ? after : after.slice(at, at + node.data.length);
        at += node.data.length;
        texts.push([node, node.data, text]);
        node.data = text;
      }
    }
    Object.assign(window, { texts });
  }, numbers);
  const picture = await page.screenshot({
    animations: "disabled",
    caret: "hide",
    mask: covered.map((each) => page.locator(each)),
    maskColor: "#808080",
  });
  const isStill = await page.evaluate(() => {
    const { texts } = window as unknown as { texts: [Text, string, string][] };
    const same = texts.filter(([node, , now]) => node.data === now);
    for (const [node, before] of same) node.data = before; // what the page has written meanwhile stays
    return same.length === texts.length;
  });
  return { picture, isStill };
}

interface Cell {
  readonly x: number;
  readonly y: number;
}

/** Squares whose mean colour differs, by their upper left corner. */
export function differences(one: PNG, other: PNG): readonly Cell[] {
  if (one.width !== other.width || one.height !== other.height) {
    return Array.from({ length: MOST_CELLS + 1 }, () => ({ x: 0, y: Math.min(one.height, other.height) }));
  }
  const found: Cell[] = [];
  for (let y = 0; y < one.height; y += CELL) {
    for (let x = 0; x < one.width; x += CELL) {
      const [before, now] = [meanOf(one, x, y), meanOf(other, x, y)];
      if (before.some((value, at) => Math.abs(value - (now[at] ?? 0)) > LEAST_DIFFERENCE)) found.push({ x, y });
    }
  }
  return found;
}

function meanOf({ data, width, height }: PNG, left: number, top: number): readonly [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let y = top; y < Math.min(top + CELL, height); y += 1) {
    for (let x = left; x < Math.min(left + CELL, width); x += 1) {
      const at = (y * width + x) * 4;
      for (const colour of [0, 1, 2] as const) sum[colour] += data[at + colour] ?? 0;
      count += 1;
    }
  }
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}
