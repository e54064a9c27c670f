// Drawing: panels on one axis of bars, so nights and weekends leave no gaps. `view` is the range on screen.
// ---- Colours and canvases ----------------------------------------------------------------------------------------
const probe = element("i", "hidden", "");
document.body.append(probe);
let colours = {};
function readColours() {
  for (const name of ["ink", "muted", "grid", "line", "rival", "accent", "accent-soft", "gain", "loss", "gain-fill",
    "loss-fill", "card", "raised", "warn"]) {
    probe.style.color = `var(--${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
}
const font = `13px ${getComputedStyle(document.body).fontFamily}`;
const canvases = ["base", "over"].map((name) => {
  const canvas = document.createElement("canvas");
  canvas.dataset.layer = name;
  return canvas;
});
canvases[0].setAttribute("role", "img");
canvases[0].setAttribute("aria-label",
  `Charts of equity against ${doc.benchmark}, drawdown, ${portfolio ? "exposure, weights, " : ""}prices with trades, and volume. The tables below hold the figures.`);
const [base, over] = canvases.map((canvas) => canvas.getContext("2d"));
let width = 0, height = 0, panels = {}, plot = 0, printing = false;

function layOut() {
  width = printing ? PAPER : Math.max(stage.clientWidth, 200);
  plot = width - GUTTER;
  const narrow = width < 640;
  const hasVolume = candles !== null && candles.volume.some((volume) => volume > 0);
  let top = 0;
  const place = (tall, head) => {
    const panel = { top: top + head, height: tall, bottom: top + head + tall, head: top };
    top = panel.bottom + GAP;
    return panel;
  };
  panels = {
    equity: place(printing ? 150 : narrow ? 170 : 230, narrow ? 44 : 28),
    drawdown: place(printing ? 60 : narrow ? 70 : 88, narrow ? 44 : 24),
  };
  if (portfolio) layOutPortfolio(place, narrow);
  if (candles) panels.price = place(printing ? 165 : narrow ? 190 : 270, narrow ? 48 : 28);
  if (hasVolume) {
    top -= GAP - 8;
    panels.volume = place(44, 0);
  }
  panels.axis = { top: top - GAP, height: AXIS, bottom: top - GAP + AXIS };
  panels.overview = { top: panels.axis.bottom + 8, height: 40, bottom: panels.axis.bottom + 48 };
  height = panels.overview.bottom + 2;
  stage.style.height = `${height}px`;
  const ratio = window.devicePixelRatio || 1;
  for (const canvas of canvases) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
  }
  for (const name in legends) {
    legends[name].hidden = !panels[name];
    if (panels[name]) legends[name].style.top = `${panels[name].head}px`;
  }
}
const across = (bar) => ((bar + 0.5 - view.low) / (view.high - view.low)) * plot;
const barAcross = (x) => view.low + (x / plot) * (view.high - view.low);
const crisp = (value) => Math.round(value) + 0.5;

// ---- Scales ----------------------------------------------------------------------------------------------------
function scale(panel, low, high, log) {
  if (!(high > low)) { const room = Math.abs(high) * 0.01 || 1; low -= room; high += room; }
  const logarithmic = log && low > 0;
  const forward = logarithmic ? Math.log : (value) => value;
  const from = forward(low), to = forward(high);
  const y = (value) => panel.bottom - ((forward(value) - from) / (to - from)) * panel.height;
  const at = (place) => {
    const value = from + ((panel.bottom - place) / panel.height) * (to - from);
    return logarithmic ? Math.exp(value) : value;
  };
  return { y, at, low, high, logarithmic, step: roundStep((high - low) / 5) };
}
function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
}
function ticks({ low, high, logarithmic, y }, tall) {
  const found = [];
  const steps = logarithmic && high / low > 4 ? [[1, 2, 5], [1, 3], [1]] : [];
  for (const factors of steps) {
    found.length = 0;
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
      for (const factor of factors) {
        const value = factor * 10 ** power;
        if (value >= low && value <= high) found.push([value, 10 ** power]);
      }
    }
    if (found.length >= 3 && found.length * 22 <= tall) return found;
  }
  found.length = 0;
  const step = roundStep((high - low) / Math.max(2, Math.floor(tall / 36)));
  let previous = Infinity;
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) {
    if (Math.abs(previous - y(k * step)) < 16) continue;
    previous = y(k * step);
    found.push([k * step, step]);
  }
  return found;
}
function drawTicks(panel, measure, text, dense = 1) {
  base.textAlign = "left";
  base.textBaseline = "middle";
  base.lineWidth = 1;
  for (const [value, step] of ticks(measure, panel.height * dense)) {
    const y = crisp(measure.y(value));
    base.strokeStyle = colours.grid;
    line(base, 0, y, plot, y);
    base.fillStyle = colours.muted;
    base.fillText(text(value, step), plot + 8, clamp(y, panel.top + 5, panel.bottom - 2));
  }
}
function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

// ---- Time axis: the finest calendar division whose ticks have room ------------------------------------------------
const MINUTE = 6e4, HOUR = 36e5, DAY = 864e5;
const NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const divisions = (() => {
  const month = prices.time.map((time) => { const day = new Date(time); return day.getUTCFullYear() * 12 + day.getUTCMonth(); });
  const every = (key) => {
    const starts = [];
    for (let k = 1; k < prices.time.length; k += 1) if (key(k) !== key(k - 1)) starts.push(k);
    return starts;
  };
  const clock = (length) => (k) => Math.floor(prices.time[k] / length);
  const list = [120, 60, 24, 12, 6, 3, 1].map((count) => [`${count} months`, every((k) => Math.floor(month[k] / count))]);
  list.push(["week", every((k) => Math.floor((prices.time[k] + 3 * DAY) / (7 * DAY)))], ["day", every(clock(DAY))]);
  if (doc.intraday) for (const length of [6 * HOUR, HOUR, 15 * MINUTE, 5 * MINUTE, MINUTE]) list.push(["clock", every(clock(length))]);
  return list;
})();
function tickText(k) {
  const day = new Date(prices.time[k]), before = new Date(prices.time[k - 1]);
  if (day.getUTCFullYear() !== before.getUTCFullYear()) return [String(day.getUTCFullYear()), true];
  if (day.getUTCMonth() !== before.getUTCMonth()) return [NAMES[day.getUTCMonth()], false];
  if (day.getUTCDate() !== before.getUTCDate()) return [`${day.getUTCDate()} ${NAMES[day.getUTCMonth()]}`, false];
  return [day.toISOString().slice(11, 16), false];
}
function drawTime() {
  const first = candleAt(view.low), last = candleAt(view.high - 1);
  let chosen = [];
  for (const [, starts] of divisions) {
    const inside = starts.filter((k) => k >= first && k <= last);
    if (inside.length * 84 > plot && chosen.length) break;
    if (inside.length * 84 <= plot) chosen = inside;
  }
  base.textBaseline = "middle";
  base.textAlign = "center";
  const bottom = panels.axis.top;
  let free = -Infinity;
  for (const k of chosen) {
    const x = across(k * prices.stride - 0.5);
    const [text, strong] = tickText(k);
    base.strokeStyle = colours.grid;
    for (const name of [...PANELS, "volume"]) {
      if (panels[name]) line(base, crisp(x), panels[name].top, crisp(x), panels[name].bottom);
    }
    const half = base.measureText(text).width / 2;
    if (x - half < Math.max(free, 0) || x + half > plot) continue;
    base.fillStyle = strong ? colours.ink : colours.muted;
    base.fillText(text, x, bottom + 15);
    free = x + half + 12;
  }
  base.textAlign = "left";
  base.fillStyle = colours.muted;
  if (doc.intraday) base.fillText("UTC", plot + 8, bottom + 15);
}

// ---- Curves: as many points as there are, or the lowest and highest of each pixel column ---------------------------
function trace(context, values, y, x = across, low = view.low, high = view.high) {
  const first = Math.max(pointAt(low) - 1, 0), last = Math.min(pointAt(high) + 1, values.length - 1);
  context.beginPath();
  if (last - first < plot * 2) {
    for (let point = first; point <= last; point += 1) context.lineTo(x(barOf(point)), y(values[point]));
    return [x(barOf(first)), x(barOf(last))];
  }
  let column = null, lowest = 0, highest = 0;
  for (let point = first; point <= last; point += 1) {
    const here = Math.round(x(barOf(point))), value = y(values[point]);
    if (here !== column) {
      if (column !== null) { context.lineTo(column, lowest); context.lineTo(column, highest); }
      context.lineTo(here, value);
      column = here; lowest = highest = value;
    } else { lowest = Math.min(lowest, value); highest = Math.max(highest, value); }
  }
  context.lineTo(column, lowest);
  context.lineTo(column, highest);
  return [x(barOf(first)), x(barOf(last))];
}
function reach(columns, first, last) {
  let low = Infinity, high = -Infinity;
  for (const values of columns) {
    for (let k = first; k <= last; k += 1) { low = Math.min(low, values[k]); high = Math.max(high, values[k]); }
  }
  return [low, high];
}
const scales = {};
function within(panel, draw) {
  base.save();
  base.beginPath();
  base.rect(0, panel.top - 8, plot, panel.height + 8);
  base.clip();
  draw();
  base.restore();
}
function drawEquity() {
  const panel = panels.equity;
  const [low, high] = reach([curves.equity, curves.benchmark], pointAt(view.low), pointAt(view.high - 1));
  const measure = (scales.equity = scale(panel, low, high, state.log));
  drawTicks(panel, measure, compact);
  within(panel, () => {
    base.lineJoin = "round";
    base.lineWidth = 1.25;
    base.strokeStyle = colours.rival;
    trace(base, curves.benchmark, measure.y);
    base.stroke();
    base.lineWidth = 1.75;
    base.strokeStyle = colours.ink;
    trace(base, curves.equity, measure.y);
    base.stroke();
  });
}
function drawDrawdown() {
  const panel = panels.drawdown;
  const [low] = reach([curves.drawdown, curves.benchmark_drawdown], pointAt(view.low), pointAt(view.high - 1));
  const measure = (scales.drawdown = scale(panel, Math.min(low, -1e-4) * 1.02, 0, false));
  drawTicks(panel, measure, (value, step) => `${number(value * 100, step < 0.01 ? (step < 0.001 ? 2 : 1) : 0)}%`);
  within(panel, () => {
    base.fillStyle = colours["loss-fill"];
    base.strokeStyle = colours["loss-fill"];
    base.lineWidth = 1.25;
    base.globalAlpha = 0.22;
    const [left, right] = trace(base, curves.drawdown, measure.y);
    base.lineTo(right, measure.y(0));
    base.lineTo(left, measure.y(0));
    base.fill();
    base.globalAlpha = 1;
    trace(base, curves.drawdown, measure.y);
    base.stroke();
    base.strokeStyle = colours.rival;
    base.lineWidth = 1;
    trace(base, curves.benchmark_drawdown, measure.y);
    base.stroke();
  });
}

// ---- Candles: joined into wider ones when there is no room for each ------------------------------------------------
const JOINS = [1, 2, 3, 5, 10, 21, 42, 63, 126, 252, 504, 1260, 2520, 5040];
function join() {
  const room = (plot / (view.high - view.low)) * prices.stride;
  return JOINS.find((count) => count * room >= 3.5) || JOINS[JOINS.length - 1];
}
function candle(start, count) {
  const end = Math.min(start + count, prices.time.length);
  const made = { start, end, open: null, close: null, high: -Infinity, low: Infinity, volume: 0 };
  for (let k = start; k < end; k += 1) {
    if (candles.close[k] === null) continue;
    made.open ??= candles.open[k];
    made.close = candles.close[k];
    made.high = Math.max(made.high, candles.high[k]);
    made.low = Math.min(made.low, candles.low[k]);
    made.volume += candles.volume[k];
  }
  return made;
}
function drawPrices() {
  const count = join();
  const shown = [];
  for (let k = Math.floor(candleAt(view.low) / count) * count; k <= candleAt(view.high - 1e-9); k += count) {
    const made = candle(k, count);
    if (made.open !== null) shown.push(made);
  }
  const panel = panels.price;
  if (!shown.length) {
    scales.price = null;
    base.fillStyle = colours.muted;
    base.textAlign = "left";
    base.fillText(`${candles.symbol} has no bars in this window.`, 0, panel.top + panel.height / 2);
    return;
  }
  const low = Math.min(...shown.map((one) => one.low)), high = Math.max(...shown.map((one) => one.high));
  const measure = (scales.price = scale(panel, low, high, state.log));
  drawTicks(panel, measure, (value, step) => number(value, Math.max(0, Math.min(candles.decimals, -Math.floor(Math.log10(step) + 1e-9)))));
  const room = ((plot / (view.high - view.low)) * prices.stride) * count;
  const body = Math.max(1, Math.min(Math.floor(room * 0.7), 25) | 1);
  const most = Math.max(...shown.map((one) => one.volume)) || 1;
  const middle = (one) => Math.round(across(((one.start + one.end) * prices.stride - 1) / 2));
  within(panel, () => {
    for (const one of shown) {
      const x = middle(one), rises = one.close >= one.open;
      base.fillStyle = rises ? colours["gain-fill"] : colours["loss-fill"];
      const top = Math.round(measure.y(Math.max(one.open, one.close))), foot = Math.round(measure.y(Math.min(one.open, one.close)));
      base.globalAlpha = 0.85;
      base.fillRect(x, Math.round(measure.y(one.high)), 1, Math.max(1, Math.round(measure.y(one.low)) - Math.round(measure.y(one.high))));
      base.globalAlpha = 1;
      base.fillRect(x - (body - 1) / 2, top, body, Math.max(1, foot - top));
    }
    drawTrades(measure);
  });
  if (!panels.volume) return;
  within(panels.volume, () => {
    base.globalAlpha = 0.55;
    base.fillStyle = colours.rival;
    for (const one of shown) {
      const tall = (one.volume / most) * panels.volume.height;
      base.fillRect(middle(one) - (body - 1) / 2, panels.volume.bottom - tall, body, tall);
    }
    base.globalAlpha = 1;
  });
  base.fillStyle = colours.muted;
  base.textAlign = "left";
  base.fillText(compact(most, most / 100), plot + 8, panels.volume.top + 6);
}

// ---- Trades ------------------------------------------------------------------------------------------------------
function visibleTrades(symbol = null) {
  const found = [];
  for (let k = 0; k < trades.side.length; k += 1) {
    if (symbol !== null && trades.symbol[k] !== symbol) continue;
    if (trades.exit_bar[k] >= view.low && trades.entry_bar[k] < view.high) found.push(k);
  }
  return found;
}
function tradeAt(bar) {
  // Those of one symbol stand in time.
  let found = null;
  for (let k = 0; k < trades.side.length; k += 1) {
    if (!candles || trades.symbol[k] !== candles.place) continue;
    if (trades.entry_bar[k] > bar) break;
    if (trades.exit_bar[k] >= bar) found = k;
  }
  return found;
}
function drawTrades(measure) {
  const shown = visibleTrades(candles.place);
  const marked = shown.length * 14 < plot;
  const size = shown.length * 150 < plot ? 6 : shown.length * 40 < plot ? 5 : 4;
  const exits = [];
  for (const k of shown) {
    // Candles are in units of the last bar, a trade's prices in those of its exit.
    const unit = trades.unit ? trades.unit[k] : 1;
    const from = [across(trades.entry_bar[k]), measure.y(trades.entry_price[k] * unit)];
    const to = [across(trades.exit_bar[k]), measure.y(trades.exit_price[k] * unit)];
    const outcome = trades.pnl[k] >= 0 ? "gain" : "loss";
    if (!marked) {
      // Too many for marks: a strip below the prices shows when a position was held, and its outcome.
      base.fillStyle = colours[`${outcome}-fill`];
      base.fillRect(from[0], panels.price.bottom - 4, Math.max(to[0] - from[0] - 0.5, 0.5), 4);
      if (k !== state.selected) continue;
    }
    base.strokeStyle = colours.ink;
    base.lineWidth = k === state.selected ? 2 : 1;
    base.setLineDash(k === state.selected ? [] : [3, 3]);
    line(base, ...from, ...to);
    base.setLineDash([]);
    drawEntry(from, trades.side[k] === "long", size);
    if (trades.exit_reason[k] !== "open") exits.push([to, colours[outcome]]);
  }
  // A reversal's exit shares its place with the next entry: the dot sits inside the triangle.
  for (const [place, colour] of exits) drawExit(place, colour, size * 0.6);
}
function drawEntry([x, y], up, size) {
  const tip = up ? -size : size;
  base.beginPath();
  base.moveTo(x, y + tip * 1.2);
  base.lineTo(x - size, y - tip * 0.8);
  base.lineTo(x + size, y - tip * 0.8);
  base.closePath();
  base.fillStyle = colours.card;
  base.lineWidth = 1.25;
  base.strokeStyle = colours.ink;
  base.fill();
  base.stroke();
}
function drawExit([x, y], colour, radius) {
  base.beginPath();
  base.arc(x, y, radius, 0, 2 * Math.PI);
  base.fillStyle = colour;
  base.strokeStyle = colours.card;
  base.lineWidth = 1;
  base.fill();
  base.stroke();
}

// ---- Overview: the whole run, with the window that is shown ---------------------------------------------------------
const overviewX = (bar) => ((bar + 0.5) / bars) * plot;
function drawOverview() {
  const panel = panels.overview;
  const [low, high] = reach([curves.equity], 0, curves.equity.length - 1);
  const measure = scale({ bottom: panel.bottom - 3, height: panel.height - 6 }, low, high, low > 0);
  const left = (view.low / bars) * plot, right = (view.high / bars) * plot;
  base.strokeStyle = colours.rival;
  base.lineWidth = 1;
  trace(base, curves.equity, measure.y, overviewX, 0, bars);
  base.stroke();
  base.strokeStyle = colours.line;
  base.strokeRect(0.5, panel.top + 0.5, plot - 1, panel.height - 1);
  if (view.low <= 0 && view.high >= bars) return;
  base.fillStyle = colours["accent-soft"];
  base.fillRect(left, panel.top, right - left, panel.height);
  base.fillStyle = colours.accent;
  for (const x of [left, right]) base.fillRect(clamp(Math.round(x) - 1, 0, plot - 2), panel.top, 2, panel.height);
}

// ---- Drawing: the base when the view changes, the layer above it when the cursor moves -----------------------------
let waiting = false, whole = false;
function redraw(all = true) {
  whole = whole || all;
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(drawNow);
}
function drawNow() {
  waiting = false;
  if (whole) drawBase();
  whole = false;
  drawOver();
  writeLegends();
}
function drawAll() {
  // At once: while printing, no frame comes.
  whole = true;
  drawNow();
}
function drawBase() {
  base.clearRect(0, 0, width, height);
  base.font = font;
  drawTime();
  if (state.selected !== null) {
    const left = across(trades.entry_bar[state.selected] - 0.5), right = across(trades.exit_bar[state.selected] + 0.5);
    base.fillStyle = colours["accent-soft"];
    const from = clamp(left, 0, plot), to = clamp(right, 0, plot);
    for (const name of PANELS) if (panels[name]) base.fillRect(from, panels[name].top, to - from, panels[name].height);
  }
  drawEquity();
  drawDrawdown();
  if (portfolio) drawPortfolio();
  if (candles) drawPrices();
  if (doc.bankrupt_bar !== null && doc.bankrupt_bar >= view.low && doc.bankrupt_bar < view.high) {
    const x = crisp(across(doc.bankrupt_bar));
    base.strokeStyle = base.fillStyle = colours.warn;
    base.setLineDash([4, 3]);
    for (const name of PANELS) if (panels[name]) line(base, x, panels[name].top, x, panels[name].bottom);
    base.setLineDash([]);
    base.textAlign = x > plot - 80 ? "right" : "left";
    base.fillText("Bankrupt", x + (x > plot - 80 ? -6 : 6), panels.equity.top + 8);
  }
  drawOverview();
  writeWindow();
}
function tag(text, y, x = null) {
  const wide = over.measureText(text).width + 12;
  const left = x === null ? plot + 2 : clamp(x - wide / 2, 0, width - wide);
  over.fillStyle = colours.ink;
  over.fillRect(left, y - 10, Math.max(wide, x === null ? GUTTER - 2 : 0), 20);
  over.fillStyle = colours.card;
  over.textAlign = "left";
  over.fillText(text, left + 6, y + 0.5);
}
function drawOver() {
  over.clearRect(0, 0, width, height);
  over.font = font;
  over.textBaseline = "middle";
  if (state.select) {
    over.fillStyle = colours["accent-soft"];
    over.fillRect(state.select[0], 0, state.select[1] - state.select[0], panels.axis.top);
  }
  if (state.cursor === null) return;
  const x = crisp(across(state.cursor));
  over.strokeStyle = colours.muted;
  over.setLineDash([2, 2]);
  line(over, x, panels.equity.top, x, panels.axis.top);
  const name = PANELS.find((one) => panels[one] && state.y >= panels[one].top && state.y <= panels[one].bottom);
  if (name && scales[name]) {
    line(over, 0, crisp(state.y), plot, crisp(state.y));
    const value = scales[name].at(state.y);
    tag(name === "drawdown" || name === "exposure" ? percent(value) : name === "price" ? number(value, candles.decimals) : compact(value, Math.abs(value) / 100), state.y);
  }
  over.setLineDash([]);
  tag(moment(prices.time[candleAt(state.cursor)]), panels.axis.top + 14, x);
}

// ---- Words above the panels ------------------------------------------------------------------------------------
const legends = {};
for (const name of PANELS) legends[name] = element("div", "legend", "");
function write(name, parts) {
  legends[name].replaceChildren(...parts.map(([text, value, kind = "", mark = ""]) => {
    const part = element("span", mark, text);
    if (value !== null) part.append(" ", element("b", kind, value));
    return part;
  }));
  legends[name].prepend(element("strong", "", { equity: "Equity", drawdown: "Underwater", exposure: "Exposure", weights: "Weights", price: candles?.symbol }[name]));
}
function writeLegends() {
  const bar = state.cursor ?? Math.min(Math.ceil(view.high), bars) - 1;
  const point = pointAt(bar);
  const scaleNote = scales.equity.logarithmic === state.log ? [] : [["linear, as values reach zero", null]];
  write("equity", [["Strategy", number(curves.equity[point], 2), "", "name"],
    [doc.benchmark, number(curves.benchmark[point], 2), "", "name other"], ...scaleNote]);
  write("drawdown", [["Strategy", percent(curves.drawdown[point])], [doc.benchmark, percent(curves.benchmark_drawdown[point])]]);
  if (portfolio) writePortfolio(point);
  if (candles) writePrices(bar);
}
function writePrices(bar) {
  const count = join(), one = candle(Math.floor(candleAt(bar) / count) * count, count);
  const price = (value) => number(value, candles.decimals);
  const parts = [["O", price(one.open)], ["H", price(one.high)], ["L", price(one.low)], ["C", price(one.close)]];
  if (panels.volume) parts.push(["V", compact(one.volume, one.volume / 1000 || 1)]);
  if (count * prices.stride > 1) parts.push([`${count * prices.stride} bars a candle`, null]);
  const trade = state.cursor === null ? state.selected : tradeAt(bar);
  if (trade !== null && trades.symbol[trade] === candles.place) {
    const open = trades.exit_reason[trade] === "open";
    parts.push([`Trade ${trade + 1}, ${trades.side[trade]} ${moment(trades.entry_time[trade])} – ${open ? "open" : moment(trades.exit_time[trade])}`,
      `${number(trades.pnl[trade], 2, true)} (${percent(trades.change[trade], true)})`, tone(trades.pnl[trade])]);
  }
  write("price", parts);
}
const windowText = document.getElementById("window");
function writeWindow() {
  const first = Math.max(Math.floor(view.low), 0), last = Math.min(Math.ceil(view.high), bars) - 1;
  const change = (values) => { const from = values[pointAt(first)]; return from > 0 ? values[pointAt(last)] / from - 1 : null; };
  const own = change(curves.equity), other = change(curves.benchmark), count = visibleTrades().length;
  const counted = trades.side.length < doc.trade_count ? [] : [` · ${count.toLocaleString("en-US")} ${count === 1 ? "trade" : "trades"}`];
  const share = (value) => element("b", tone(value), percent(value, true));
  windowText.replaceChildren(`${moment(prices.time[candleAt(first)])} – ${moment(last === bars - 1 ? doc.last : prices.time[candleAt(last)])} · strategy `, share(own),
    ` · ${doc.benchmark} `, share(other), ...counted);
  for (const button of document.querySelectorAll("#ranges button")) {
    const wanted = rangeOf(Number(button.dataset.span));
    button.setAttribute("aria-pressed", String(Math.abs(wanted[0] - view.low) < 1 && Math.abs(wanted[1] - view.high) < 1));
  }
}
