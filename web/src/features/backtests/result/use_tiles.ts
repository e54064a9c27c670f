/** Equity and prices of a run for the part of it that is seen: all bars where they are few, else joined ones. */
import { useDeferredValue } from "react";
import { api, type EquityCurve, type RunPrices } from "@/api";
import { readTile } from "./read_tile";
import { curveOf, pricesOf, TILE_POINTS, type CurveTile, type PriceTile, type Tile } from "./tiles";

interface Part {
  readonly backtest: string;
  readonly start?: string;
  readonly end?: string;
}

const of = (backtest: string, what: string) => `/api/v1/backtests/${encodeURIComponent(backtest)}/${what}`;

// Thousands of points come with each tile: the store neither compares them with those before nor freezes them one by one.
const withTiles = api.injectEndpoints({
  endpoints: (build) => ({
    equityTile: build.query<CurveTile, Part>({
      query: ({ backtest, ...part }) => ({
        url: of(backtest, "equity"),
        params: { points: TILE_POINTS, ...part },
        read: readTile("equity"),
      }),
      transformResponse: (found: CurveTile | EquityCurve) => Object.freeze("data" in found ? curveOf(found) : found),
      structuralSharing: false,
    }),
    priceTile: build.query<PriceTile, Part & { readonly symbol: string | undefined }>({
      query: ({ backtest, ...part }) => ({
        url: of(backtest, "prices"),
        params: { points: TILE_POINTS, ...part },
        read: readTile("prices"),
      }),
      transformResponse: (found: PriceTile | RunPrices) => Object.freeze("data" in found ? pricesOf(found) : found),
      structuralSharing: false,
    }),
  }),
});

/** A finished run never changes, so a tile that is there is not asked for again. */
const ONCE = { refetchOnMountOrArgChange: false };

export function useEquityTile(backtest: string, tile: Tile | undefined) {
  return withTiles.useEquityTileQuery({ backtest, ...useDeferredValue(tile) }, ONCE);
}

export function usePriceTile(backtest: string, symbol: string | undefined, tile: Tile | undefined) {
  return withTiles.usePriceTileQuery({ backtest, symbol, ...useDeferredValue(tile) }, ONCE);
}
