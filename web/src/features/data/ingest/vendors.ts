/** Who has prices. */

export interface Vendor {
  readonly value: string;
  readonly label: string;
  readonly about: string;
}

export const VENDORS: readonly Vendor[] = [
  {
    value: "auto",
    label: "Whichever has them",
    about: "Asks the vendors there is a key for, and Yahoo, one after the other.",
  },
  { value: "yahoo", label: "Yahoo Finance", about: "No key; days far back, minutes of the last weeks only." },
  { value: "polygon", label: "Polygon.io", about: "Wants a key; days and minutes, as far back as its plan sees." },
  { value: "alpha_vantage", label: "Alpha Vantage", about: "Wants a key; few requests a day without a paid plan." },
  {
    value: "synthetic",
    label: "Made up",
    about: "Random walks of symbols that begin with SYN-, for trying things without a network.",
  },
];

export const INTERVALS = ["1m", "5m", "15m", "30m", "1h", "1d"];

/** The vendor that a series goes on with: its own, where that is one. */
export function vendorOf(source: string): string {
  return VENDORS.some((each) => each.value === source) ? source : "auto";
}
