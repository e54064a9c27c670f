/** Charts: pure, of data that is given to them. Load them with the page that shows them, never with the frame. */
export { COMPARED, faded, useColours, type Colours } from "./colours";
export { placeOf } from "./Legend";
export type { Candles, ColourName, Marker, Pane, Points, Series, TimeRange } from "./series";
export { TimeChart } from "./TimeChart";
export { RangeBrush } from "./RangeBrush";
