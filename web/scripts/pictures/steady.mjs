/** What is another each time is made the same: the time of day, ids, secrets, how far away the gateway is. */

/** The minute in which trading begins, in every picture. */
const THEN = Date.UTC(2026, 0, 5, 14, 30);
/** When all pictures are taken, however long that lasts. */
const TAKEN = Date.UTC(2026, 0, 5, 14, 31, 30);
const MOST_TRIES = 8;

/** Before anything is loaded: axes of charts are written on canvases, where nothing can be changed later. */
export function steadyCanvases(context, began) {
  return context.addInitScript((shift) => {
    const write = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
      const [, time, seconds] = /^((?:[01]\d|2[0-3]):[0-5]\d)(:\d\d)?$/.exec(text) ?? [];
      if (time === undefined) return write.call(this, text, ...place);
      const then = new Date(Date.parse(`2026-01-05T${time}Z`) + shift).toISOString().slice(11, 16);
      return write.call(this, `${then}${seconds ?? ""}`, ...place);
    };
  }, THEN - began);
}

/** The clock and how far away the gateway is: what the page writes there each second is not seen, and this is. */
const OVER = [
  ["[aria-label$='choose the clock']", "14:31:30"],
  ["header [role=status][data-state] > :last-child", "3 ms"],
];

/** A picture of the page, or of a part: taken again when the page wrote something while it was taken. */
export async function steadyPicture(page, began, part) {
  await page.mouse.move(0, 0);
  await page.evaluate(writeOver, OVER);
  for (let tries = 1; ; tries += 1) {
    await page.evaluate(rewrite, { shift: THEN - began, taken: TAKEN });
    const picture = await page.screenshot({
      animations: "disabled",
      caret: "hide",
      ...(part === undefined ? {} : { clip: await part(page) }),
    });
    if ((await page.evaluate(restore)) || tries === MOST_TRIES) return picture;
  }
}

/** In the page. */
function writeOver(places) {
  const others = document.adoptedStyleSheets.filter((each) => each !== window.over);
  document.adoptedStyleSheets = others;
  window.over = new CSSStyleSheet();
  for (const [place, text] of places) {
    const found = document.querySelector(place);
    if (found === null) continue;
    const { color, paddingLeft, paddingTop } = getComputedStyle(found);
    window.over.insertRule(`${place} { position: relative; color: transparent }`);
    window.over.insertRule(
      `${place}::after { position: absolute; left: ${paddingLeft}; top: ${paddingTop}; color: ${color}; content: "${text}" }`,
    );
  }
  document.adoptedStyleSheets = [...others, window.over];
}

/** In the page. */
async function rewrite({ shift, taken }) {
  await document.fonts.ready;
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  const now = Date.now();
  const moved = (at) => new Date(Math.min(at + shift, taken)).toISOString();
  const ofToday = (day) => Math.abs(Date.parse(`${day}T12:00Z`) - now) < 1.5 * 86_400_000;
  const [ids, keys] = [[], []];
  const numberOf = (known, each) => (known.includes(each) ? known.indexOf(each) : known.push(each) - 1);
  const idLike = (id, length) => {
    if (length < 26) return "01KE7RHV4TQ9M2XZ8N5CAB3D6".slice(0, length);
    return `01KE7RHV4TQ9M2XZ8N5CAB3D6${"FGHJKMNPQRSTVWXYZ"[numberOf(ids, id) % 16]}`;
  };
  const changes = [
    [
      /(\d{4}-\d\d-\d\d)([\sT])(\d\d:\d\d)/g,
      (all, day, gap, time) => {
        if (!ofToday(day)) return all;
        const then = moved(Date.parse(`${day}T${time}Z`));
        return `${then.slice(0, 10)}${gap}${then.slice(11, 16)}`;
      },
    ],
    [
      /\d{4}-\d\d-\d\d(?!\s?[\d:]{5}|T)/g,
      (day) => (ofToday(day) ? moved(Date.parse(`${day}T12:00Z`)).slice(0, 10) : day),
    ],
    [
      /(?<![\d:-]|\d\d\s)\b((?:[01]\d|2[0-3]):[0-5]\d)(?=:\d\d|$)/g,
      (all, time) => moved(Date.parse(`${new Date(now).toISOString().slice(0, 10)}T${time}Z`)).slice(11, 16),
    ],
    [/\b\d+ (s|min) ago\b|^now$/g, () => "1 min ago"],
    [/\b([a-z]{2,4}_)([0-9A-HJKMNP-TV-Z]{7,26})(?=$|\b|…)/g, (all, kind, id) => kind + idLike(all, id.length)],
    [/\bax_[\w-]{6}/g, (key) => ["ax_jN7uSQ", "ax_Xv0cR5", "ax_bWp3yH"][numberOf(keys, key) % 3]],
  ];
  const texts = [];
  const write = (node, text) => {
    if (node.data === text) return;
    texts.push([node, node.data, text]);
    node.data = text;
  };
  const groups = new Map(); // a date has its hyphens in elements of their own
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement?.closest("style, script") !== null) continue;
    const of = node.parentElement.closest("time") ?? node;
    groups.set(of, [...(groups.get(of) ?? []), node]);
  }
  for (const nodes of groups.values()) {
    const before = nodes.map((node) => node.data).join("");
    const after = changes.reduce((text, [what, by]) => text.replace(what, by), before);
    if (nodes.length > 1 && after.length !== before.length) continue;
    let at = 0;
    for (const node of nodes) {
      write(node, nodes.length === 1 ? after : after.slice(at, at + node.data.length));
      at += node.data.length;
    }
  }
  window.rewritten = texts;
}

/** In the page: as it was, but for what the page has written meanwhile; whether it wrote nothing. */
function restore() {
  const same = window.rewritten.filter(([node, , now]) => node.data === now);
  for (const [node, before] of same) node.data = before;
  return same.length === window.rewritten.length;
}
