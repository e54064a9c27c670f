/** What the page notes for the measurements; runs in the browser before its own scripts. */

export interface Marks {
  /** When charts were drawn last, and of how many lines all were. */
  drawnAt: number;
  lines: number;
  /** When the first frame after a condition became true was over, by name; ms since the navigation began. */
  painted: Record<string, number>;
  /** Of the ladder: what it showed as best bid, and when that was drawn (ms since 1970). */
  bids: [string, number][];
}

declare global {
  interface Window {
    marks: Marks;
  }
}

export function install(): void {
  const CURVE = 500;
  const marks: Marks = { drawnAt: 0, lines: 0, painted: {}, bids: [] };
  window.marks = marks;
  const prototype = CanvasRenderingContext2D.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- they are called with their own `this`
  const { lineTo, fillText } = prototype;
  // A chart has labels at each drawing, and far more points: those are counted only until there is a curve.
  prototype.fillText = function (this: CanvasRenderingContext2D, ...given: Parameters<typeof fillText>) {
    marks.drawnAt = performance.now();
    fillText.apply(this, given);
  };
  prototype.lineTo = function (this: CanvasRenderingContext2D, x: number, y: number) {
    marks.lines += 1;
    if (marks.lines > CURVE) prototype.lineTo = lineTo;
    lineTo.call(this, x, y);
  };
  const afterPaint = (work: () => void) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = work;
      channel.port2.postMessage(null);
    });
  };
  const has: Record<string, () => boolean> = {
    curve: () => marks.lines > CURVE,
    figures: () => document.body.textContent.includes("CAGR"),
    honesty: () => document.querySelector("section[aria-label=Honesty]:not([aria-busy])") !== null,
  };
  let last = "";
  const look = () => {
    const missing = Object.entries(has).filter(([name]) => !(name in marks.painted));
    for (const [name, isTrue] of missing) {
      if (!isTrue()) continue;
      marks.painted[name] = NaN;
      afterPaint(() => (marks.painted[name] = performance.now()));
    }
    if (missing.length > 0) requestAnimationFrame(look);
  };
  if (location.pathname.startsWith("/backtests/")) requestAnimationFrame(look);
  const follow = () => {
    const cell = document.querySelector("[aria-label=Bids] [data-row=bid] [data-place=bid] span");
    const text = cell?.textContent ?? "";
    if (text !== last) {
      last = text;
      const at = performance.timeOrigin + performance.now();
      if (text !== "") marks.bids.push([text, at]);
    }
    setTimeout(() => requestAnimationFrame(() => setTimeout(follow)), 0);
  };
  if (location.pathname.startsWith("/trade")) follow();
}
