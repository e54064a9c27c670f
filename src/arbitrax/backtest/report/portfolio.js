// Portfolios: exposure, the largest weights, and the choice of the symbol whose prices are drawn.
function layOutPortfolio(place, narrow) {
  panels.exposure = place(printing ? 60 : narrow ? 70 : 88, narrow ? 44 : 24);
  const rows = portfolio.weights.length;
  if (rows) panels.weights = place(rows * (narrow || printing ? 22 : 26), narrow ? 44 : 24);
}
function drawPortfolio() {
  drawExposure();
  if (panels.weights) drawWeights();
}
function drawExposure() {
  const panel = panels.exposure;
  const [low, high] = reach([portfolio.gross, portfolio.net], pointAt(view.low), pointAt(view.high - 1));
  const measure = (scales.exposure = scale(panel, Math.min(low, 0), Math.max(high, 0.01) * 1.02, false));
  drawTicks(panel, measure, (value, step) => `${number(value * 100, step < 0.01 ? 1 : 0)}%`, 1.7);
  within(panel, () => {
    base.fillStyle = base.strokeStyle = colours.rival;
    base.lineWidth = 1.25;
    base.globalAlpha = 0.2;
    const [left, right] = trace(base, portfolio.gross, measure.y);
    base.lineTo(right, measure.y(0));
    base.lineTo(left, measure.y(0));
    base.fill();
    base.globalAlpha = 1;
    trace(base, portfolio.gross, measure.y);
    base.stroke();
    base.strokeStyle = colours.ink;
    trace(base, portfolio.net, measure.y);
    base.stroke();
  });
}
// One row a symbol on a common scale: longs above its line, shorts below.
function drawWeights() {
  const panel = panels.weights, tall = panel.height / portfolio.weights.length;
  const every = portfolio.weights.map(({ values }) => values);
  const [low, high] = reach(every, 0, curves.equity.length - 1);
  const top = Math.max(high, 0), foot = Math.min(low, 0), span = top - foot || 1;
  base.textBaseline = "middle";
  portfolio.weights.forEach(({ symbol, values }, row) => {
    const bottom = panel.top + (row + 1) * tall - 3;
    const y = (value) => bottom - ((value - foot) / span) * (tall - 6);
    within(panel, () => {
      base.strokeStyle = colours.line;
      base.lineWidth = 1;
      line(base, 0, crisp(y(0)), plot, crisp(y(0)));
      base.fillStyle = colours.accent;
      base.globalAlpha = 0.65;
      const [left, right] = trace(base, values, y);
      base.lineTo(right, y(0));
      base.lineTo(left, y(0));
      base.fill();
      base.globalAlpha = 1;
    });
    base.fillStyle = colours.muted;
    base.textAlign = "left";
    base.fillText(shorten(symbol, GUTTER - 10), plot + 8, panel.top + (row + 0.5) * tall);
  });
}
function shorten(text, wide) {
  if (base.measureText(text).width <= wide) return text;
  let kept = text;
  while (kept && base.measureText(`${kept}…`).width > wide) kept = kept.slice(0, -1);
  return `${kept}…`;
}
function writePortfolio(point) {
  write("exposure", [["Net", percent(portfolio.net[point]), "", "name"], ["Gross", percent(portfolio.gross[point]), "", "name other"]]);
  if (!panels.weights) return;
  const most = portfolio.weights.length < portfolio.held ? [[`${portfolio.weights.length} largest of ${number(portfolio.held, 0)} held`, null]] : [];
  write("weights", [...most, ...portfolio.weights.map(({ symbol, values }) => [symbol, percent(values[point])])]);
}
function chooseSymbol(place) {
  candles = candlesOf(place);
  document.getElementById("symbol").value = String(place);
  layOut();
}
function attachChooser() {
  const chooser = document.getElementById("symbol");
  if (!chooser) return;
  const choose = (place) => {
    state.selected = null;
    markRow();
    chooseSymbol(place);
    remember();
    redraw();
  };
  chooser.addEventListener("change", () => choose(Number(chooser.value)));
  for (const button of document.querySelectorAll("button[data-symbol]")) {
    button.addEventListener("click", () => {
      choose(Number(button.dataset.symbol));
      document.getElementById("charts").scrollIntoView({ block: "start", behavior: "smooth" });
    });
  }
}
