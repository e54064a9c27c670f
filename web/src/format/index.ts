/** The one place for numbers, money, times, names and what is missing. */
export { formatDecimal, signOf, DASH, MINUS } from "./decimal";
export { DateText, Day } from "./DateText";
export { Figure, figureText, gainClass } from "./Figure";
export { Missing } from "./Missing";
export { Age, Moment, useNow } from "./Moment";
export {
  formatBytes,
  formatCount,
  formatDuration,
  formatLatency,
  formatNumber,
  formatPercent,
  formatRemaining,
  formatScore,
} from "./number";
export { prefer, usePreferences } from "./preferences";
export {
  formatAge,
  formatDay,
  formatTime,
  formatTimeOfDay,
  secondsAhead,
  timeShown,
  zoneName,
  type Clock,
} from "./time";
export { usePrinting } from "./printing";
export { Sentence } from "./Sentence";
export { isUploaded, strategyTitle } from "./strategy_title";
