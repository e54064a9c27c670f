// The crosshair: what each run had made at a moment. All figures are in the tables without it.
const doc = JSON.parse(document.getElementById("report-data").textContent);
const stage = document.getElementById("overlays");
const cursor = document.getElementById("cursor");
const moment = document.getElementById("moment");
const cells = [...document.querySelectorAll("#runs [data-run]")];
const first = doc.time[0], length = doc.time[doc.time.length - 1] - first || 1;

const percent = (value) => {
  if (value === null) return "—";
  const text = Math.abs(value * 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${/[1-9]/.test(text) ? (value < 0 ? "−" : "+") : ""}${text}%`;
};
function pointAt(time) {
  let low = 0, high = doc.time.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (doc.time[middle] <= time) low = middle; else high = middle - 1;
  }
  return low;
}
function show(share) {
  const point = share === null ? doc.time.length - 1 : pointAt(first + share * length);
  const text = new Date(doc.time[point]).toISOString();
  moment.textContent = doc.intraday ? text.slice(0, 16).replace("T", " ") : text.slice(0, 10);
  cells.forEach((cell, run) => {
    const fall = doc.drawdown[run][point];
    cell.textContent = percent(doc.growth[run][point]) + (fall ? ` (${percent(fall)} from its peak)` : "");
  });
  cursor.hidden = share === null;
  if (share !== null) cursor.style.left = `${share * 100}%`;
}
stage.addEventListener("pointermove", (event) => {
  const box = stage.getBoundingClientRect();
  show(Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1));
});
stage.addEventListener("pointerleave", () => show(null));
show(null);

const theme = document.getElementById("theme");
const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const name = () => { theme.textContent = dark() ? "Light" : "Dark"; };
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  name();
});
theme.hidden = false;
name();
