// What the page knows, figures as text, and the way from bars to candles and curve points.
const doc = JSON.parse(document.getElementById("report-data").textContent);
const { prices, curves, trades, bars, portfolio } = doc;
// What the price panel shows: a run's only symbol, or the chosen one of a portfolio; null where there is none.
const candlesOf = (place) => (portfolio ? (portfolio.candles.length ? { ...portfolio.candles[place], place, symbol: portfolio.symbols[place] } : null)
  : { ...prices, decimals: doc.decimals.price, place: 0, symbol: doc.symbol });
let candles = candlesOf(0);
const PANELS = ["equity", "drawdown", "exposure", "weights", "price"];
const stage = document.getElementById("stage");
const root = document.documentElement;
const GUTTER = 68, AXIS = 26, GAP = 20, PAPER = 700, MIN_BARS = Math.min(10, bars);
const view = { low: 0, high: bars };
const state = { cursor: null, y: 0, selected: null, log: false, select: null };

// ---- Figures -------------------------------------------------------------------------------------------------
const number = (value, decimals, signed = false) => {
  if (value === null || value === undefined || !Number.isFinite(value)) return "—";
  const text = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  if (!/[1-9]/.test(text)) return text;
  return (value < 0 ? "−" : signed ? "+" : "") + text;
};
const percent = (value, signed = false) => {
  const text = number(value === null ? null : value * 100, 2, signed);
  return text === "—" ? text : text + "%";
};
const compact = (value, step) => {
  const size = Math.abs(value);
  const [unit, suffix] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e4 ? [1e3, "k"] : [1, ""];
  const decimals = Math.max(0, Math.min(8, -Math.floor(Math.log10(step / unit) + 1e-9)));
  return number(value / unit, decimals) + suffix;
};
const moment = (time) => {
  const text = new Date(time).toISOString();
  return doc.intraday ? text.slice(0, 16).replace("T", " ") : text.slice(0, 10);
};
const tone = (value) => (value > 0 ? "gain" : value < 0 ? "loss" : "");
const element = (tag, kind, text) => {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
};
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// ---- Lookup: from bars to candles and curve points ---------------------------------------------------------------
const barOf = curves.bar ? (point) => curves.bar[point] : (point) => point;
const pointAt = (bar) => {
  // The last curve point at or before a bar.
  if (!curves.bar) return clamp(Math.floor(bar), 0, bars - 1);
  let low = 0, high = curves.bar.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (curves.bar[middle] <= bar) low = middle; else high = middle - 1;
  }
  return low;
};
const candleAt = (bar) => clamp(Math.floor(bar / prices.stride), 0, prices.time.length - 1);
const barAtTime = (time) => {
  let low = 0, high = prices.time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (prices.time[middle] < time) low = middle + 1; else high = middle;
  }
  return Math.min(low * prices.stride, bars);
};
