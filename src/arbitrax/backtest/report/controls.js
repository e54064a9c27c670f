// What people do: move the view, select trades, sort the table, switch colours; and the start of it all.
// ---- Moving the view ---------------------------------------------------------------------------------------------
function show(low, high) {
  const span = clamp(high - low, MIN_BARS, bars);
  view.low = clamp((low + high - span) / 2, 0, bars - span);
  view.high = view.low + span;
  remember();
  redraw();
}
function zoom(factor, around) { show(around - (around - view.low) * factor, around + (view.high - around) * factor); }
function pan(count) {
  const span = view.high - view.low, low = clamp(view.low + count, 0, bars - span);
  show(low, low + span);
}
function rangeOf(days) {
  return days ? [Math.min(barAtTime(doc.last - days * DAY), bars - MIN_BARS), bars] : [0, bars];
}
function select(trade) {
  state.selected = trade;
  markRow();
  if (trade === null) return redraw();
  if (portfolio && candles) chooseSymbol(trades.symbol[trade]);
  const room = Math.max((trades.exit_bar[trade] - trades.entry_bar[trade]) * 0.75, 15);
  show(trades.entry_bar[trade] - room, trades.exit_bar[trade] + 1 + room);
}
function setLog(log) {
  state.log = log;
  for (const button of document.querySelectorAll("[data-scale]")) button.setAttribute("aria-pressed", String((button.dataset.scale === "log") === log));
  remember();
  redraw();
}
function setCursor(x, y) {
  state.cursor = x === null || x > plot || x < 0 ? null : clamp(Math.floor(barAcross(x)), 0, bars - 1);
  state.y = y;
  redraw(false);
}

// The address keeps the window and the choices, so that a copied one shows the same.
const kept = new URLSearchParams(location.hash.slice(1) || location.search);
let remembering = 0;
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    const whole = view.low <= 0 && view.high >= bars;
    const set = (name, value) => (value === null ? kept.delete(name) : kept.set(name, value));
    set("bars", whole ? null : `${Math.round(view.low)}-${Math.round(view.high)}`);
    set("trade", state.selected === null ? null : String(state.selected + 1));
    if (portfolio && candles) set("symbol", String(candles.place + 1));
    set("scale", state.log ? "log" : "linear");
    try { history.replaceState(null, "", `#${kept}`); } catch { /* a frame without an address */ }
  }, 250);
}

// ---- Pointer, wheel, keys ----------------------------------------------------------------------------------------
function attach() {
  const pointers = new Map();
  let drag = null;
  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const overviewDrag = (x) => {
    const left = (view.low / bars) * plot, right = (view.high / bars) * plot;
    if (Math.abs(x - left) < 8) return { kind: "left" };
    if (Math.abs(x - right) < 8) return { kind: "right" };
    if (x > left && x < right && view.high - view.low < bars) return { kind: "window" };
    return { kind: "brush" };
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = place(event);
    pointers.set(event.pointerId, x);
    stage.setPointerCapture(event.pointerId);
    drag = { ...(y >= panels.overview.top ? overviewDrag(x) : { kind: event.shiftKey ? "select" : "pan" }), x, low: view.low, high: view.high };
    if (pointers.size === 2) {
      const [a, b] = [...pointers.values()];
      drag = { kind: "pinch", distance: Math.abs(a - b) || 1, middle: barAcross((a + b) / 2), low: view.low, high: view.high };
    }
  });
  stage.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    if (!drag || !pointers.has(event.pointerId)) return setCursor(y < panels.axis.bottom ? x : null, y);
    pointers.set(event.pointerId, x);
    const moved = ((x - drag.x) / plot) * bars;
    stage.classList.toggle("dragging", drag.kind === "pan");
    if (drag.kind === "pan") {
      const count = ((drag.x - x) / plot) * (drag.high - drag.low);
      const low = clamp(drag.low + count, 0, bars - (drag.high - drag.low));
      show(low, low + drag.high - drag.low);
    } else if (drag.kind === "select") { state.select = [Math.min(drag.x, x), Math.max(drag.x, x)].map((side) => clamp(side, 0, plot)); redraw(false); }
    else if (drag.kind === "left") show(Math.min(Math.max(drag.low + moved, 0), drag.high - MIN_BARS), drag.high);
    else if (drag.kind === "right") show(drag.low, Math.max(Math.min(drag.high + moved, bars), drag.low + MIN_BARS));
    else if (drag.kind === "window") { const low = clamp(drag.low + moved, 0, bars - drag.high + drag.low); show(low, low + drag.high - drag.low); }
    else if (drag.kind === "brush" && Math.abs(x - drag.x) > 4) {
      const [from, to] = [drag.x, x].sort((a, b) => a - b).map((side) => (clamp(side, 0, plot) / plot) * bars);
      show(from, to);
    } else if (drag.kind === "pinch" && pointers.size === 2) {
      const [a, b] = [...pointers.values()];
      const factor = drag.distance / (Math.abs(a - b) || 1);
      show(drag.middle - (drag.middle - drag.low) * factor, drag.middle + (drag.high - drag.middle) * factor);
    }
  });
  const release = (event) => {
    pointers.delete(event.pointerId);
    if (state.select && state.select[1] - state.select[0] > 4) show(barAcross(state.select[0]), barAcross(state.select[1]));
    state.select = drag = null;
    stage.classList.remove("dragging");
    redraw(false);
  };
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("pointerleave", () => setCursor(null, 0));
  stage.addEventListener("dblclick", () => { state.selected = null; markRow(); show(0, bars); });
  stage.addEventListener("wheel", (event) => {
    // The page scrolls past the charts until one is clicked.
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!sideways && !event.ctrlKey && !event.metaKey && document.activeElement !== stage) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (sideways || event.shiftKey) return pan((((event.deltaX || event.deltaY) * unit) / plot) * (view.high - view.low));
    zoom(Math.exp(clamp(event.deltaY * unit, -200, 200) * 0.002), barAcross(clamp(place(event)[0], 0, plot)));
  }, { passive: false });
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (view.high - view.low) / 10, middle = state.cursor ?? (view.low + view.high) / 2;
    const move = (by) => {
      state.cursor = clamp((state.cursor ?? Math.floor(view.high) - 1) + by, 0, bars - 1);
      state.y = 0;
      if (state.cursor < view.low || state.cursor >= view.high) pan(by > 0 ? state.cursor + 1 - view.high : state.cursor - view.low);
      redraw(false);
    };
    const actions = {
      ArrowLeft: () => (event.shiftKey ? pan(-step) : move(-1)), ArrowRight: () => (event.shiftKey ? pan(step) : move(1)),
      "+": () => zoom(0.7, middle), "=": () => zoom(0.7, middle), "-": () => zoom(1 / 0.7, middle),
      0: () => show(0, bars), Home: () => show(0, bars), l: () => setLog(!state.log), L: () => setLog(!state.log),
      Enter: () => select(state.cursor === null ? null : tradeAt(state.cursor)), Escape: () => { state.cursor = null; select(null); },
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}

// ---- Trade table: sorted by column, in pages when long -------------------------------------------------------------
const table = document.getElementById("trades");
const rows = table ? [...table.tBodies[0].rows] : [];
const PAGE = rows.length > 500 ? 100 : rows.length;
const order = rows.map((row, place) => place);
let page = 0;
function showPage() {
  table.tBodies[0].replaceChildren(...order.slice(page * PAGE, (page + 1) * PAGE).map((place) => rows[place]));
  const pager = document.getElementById("pager");
  if (PAGE === rows.length) return;
  const pages = Math.ceil(rows.length / PAGE);
  const turn = (text, to) => {
    const button = element("button", "", text);
    button.type = "button";
    button.disabled = to < 0 || to >= pages;
    button.addEventListener("click", () => { page = to; showPage(); });
    return button;
  };
  const last = Math.min((page + 1) * PAGE, rows.length);
  pager.replaceChildren(turn("Previous", page - 1), `${number(page * PAGE + 1, 0)} – ${number(last, 0)} of ${number(rows.length, 0)}`, turn("Next", page + 1));
  pager.hidden = false;
}
function sortBy(head, key) {
  const falls = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", falls ? "descending" : "ascending");
  const values = key === "number" ? null : key === "symbol" ? trades.symbol.map((place) => portfolio.symbols[place]) : trades[key], way = falls ? -1 : 1;
  order.sort((a, b) => way * (values === null || values[a] === values[b] ? a - b : values[a] < values[b] ? -1 : 1));
  page = 0;
  showPage();
}
function markRow() {
  rows.forEach((row, place) => row.classList.toggle("selected", place === state.selected));
}
function attachTable() {
  if (!table) return;
  showPage();
  table.tHead.rows[0].cells[0].setAttribute("aria-sort", "ascending");
  table.tHead.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sort]");
    if (button) sortBy(button.closest("th"), button.dataset.sort);
  });
  table.tBodies[0].addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    const place = rows.indexOf(row);
    if (place < 0 || String(getSelection())) return;
    select(place === state.selected ? null : place);
    if (state.selected !== null) document.getElementById("charts").scrollIntoView({ block: "start", behavior: "smooth" });
  });
}

// ---- Switches ----------------------------------------------------------------------------------------------------
const memory = {
  get: (name) => { try { return localStorage.getItem(`arbitrax-report-${name}`); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(`arbitrax-report-${name}`, value); } catch { /* not allowed here */ } },
};
const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => root.dataset.theme || (dark.matches ? "dark" : "light");
function refresh() {
  document.getElementById("theme").textContent = theme() === "dark" ? "Light theme" : "Dark theme";
  document.getElementById("palette").textContent = root.dataset.palette === "green" ? "Blue and orange" : "Green and red";
  readColours();
  redraw();
}
function attachSwitches() {
  for (const name of ["theme", "palette"]) {
    const value = kept.get(name) || memory.get(name);
    if (["dark", "light", "green", "blue"].includes(value)) root.dataset[name] = value;
  }
  const choose = (name, value) => { root.dataset[name] = value; memory.set(name, value); if (kept.has(name)) kept.set(name, value); remember(); refresh(); };
  document.getElementById("theme").addEventListener("click", () => choose("theme", theme() === "dark" ? "light" : "dark"));
  document.getElementById("palette").addEventListener("click", () => choose("palette", root.dataset.palette === "green" ? "blue" : "green"));
  dark.addEventListener("change", refresh);
  const spans = [["1D", 1], ["1W", 7], ["1M", 30.4375], ["3M", 91.3125], ["1Y", 365.25], ["3Y", 1095.75], ["10Y", 3652.5]];
  const fitting = spans.filter(([, days]) => days * DAY < (doc.last - doc.first) * 0.9).slice(-3);
  document.getElementById("ranges").append(...[...fitting, ["All", 0]].map(([text, days]) => {
    const button = element("button", "", text);
    button.type = "button";
    button.dataset.span = String(days);
    button.addEventListener("click", () => show(...rangeOf(days)));
    return button;
  }));
  for (const button of document.querySelectorAll("[data-scale]")) button.addEventListener("click", () => setLog(button.dataset.scale === "log"));
  for (const button of document.querySelectorAll("[data-year]")) {
    button.addEventListener("click", () => {
      const year = Number(button.dataset.year);
      show(barAtTime(Date.UTC(year, 0)), barAtTime(Date.UTC(year + 1, 0)));
    });
  }
  let before = null;
  addEventListener("beforeprint", () => { before = root.dataset.theme ?? ""; root.dataset.theme = "light"; printing = true; readColours(); layOut(); drawAll(); });
  addEventListener("afterprint", () => { if (before) root.dataset.theme = before; else delete root.dataset.theme; printing = false; layOut(); refresh(); });
}

// ---- Start -------------------------------------------------------------------------------------------------------
stage.append(...canvases, ...Object.values(legends));
stage.classList.add("live");
stage.tabIndex = 0;
stage.setAttribute("role", "group");
stage.setAttribute("aria-label", "Charts; keys are listed below");
for (const id of ["switches", "tools", "help"]) document.getElementById(id).hidden = false;
attachSwitches();
attachTable();
attachChooser();
attach();
layOut();
const [lowest, highest] = reach([curves.equity, curves.benchmark], 0, curves.equity.length - 1);
const asked = /^(\d+)-(\d+)$/.exec(kept.get("bars") || ""), trade = Number(kept.get("trade")) - 1;
const wanted = Number(kept.get("symbol")) - 1;
if (portfolio && candles && wanted >= 0 && wanted < portfolio.symbols.length) chooseSymbol(wanted);
if (trade >= 0 && trade < trades.side.length) { state.selected = trade; markRow(); }
setLog(kept.has("scale") ? kept.get("scale") === "log" : lowest > 0 && highest / lowest > 8);
if (asked) show(Number(asked[1]), Number(asked[2])); else if (state.selected !== null) select(trade);
refresh();
drawAll();
new ResizeObserver(() => { if (stage.clientWidth !== width) { layOut(); drawAll(); } }).observe(stage);
