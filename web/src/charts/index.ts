/** Charts: pure, of data that is given to them. Load them with the page that shows them, never with the frame. */
export { COMPARED, faded, INDICATORS, useColours, type Colours } from "./colours";
export type { CoveragePart } from "./coverage_blocks";
export { CoverageTimeline } from "./CoverageTimeline";
export { placeOf } from "./Legend";
export type { Candles, ColourName, Marker, Pane, Points, Series, TimeRange } from "./series";
export { RangeBrush } from "./RangeBrush";
export { TimeChart } from "./TimeChart";
export { DepthChart } from "./DepthChart";
export type { DepthSides } from "./depth_curve";
export { PriceChart, type PriceSource } from "./PriceChart";
export type { OrderLine } from "./order_lines_view";
export type { PriceBar, PricePoint } from "./price_chart_view";
export { LatencyHistogram } from "./LatencyHistogram";
export { Histogram, type Bin } from "./Histogram";
export { ScatterPlot } from "./ScatterPlot";
