import type { RouteObject } from "react-router";

interface SeriesParams {
  readonly symbol?: string;
  readonly interval?: string;
}

export const routes: RouteObject[] = [
  {
    path: "/data",
    handle: { crumb: "Data" },
    children: [
      { index: true, lazy: () => import("./DataPage") },
      { path: "ingest", handle: { crumb: "Ingest" }, lazy: () => import("./ingest/IngestPage") },
      { path: "upload", handle: { crumb: "Upload" }, lazy: () => import("./upload/UploadPage") },
      { path: ":symbol", lazy: () => import("./series/SymbolPage") },
      {
        path: ":symbol/:interval",
        handle: { crumb: ({ symbol = "", interval = "" }: SeriesParams) => `${symbol} ${interval}` },
        lazy: () => import("./series/SeriesPage"),
      },
    ],
  },
];
