/** The API without endpoints; those of `generated.ts` are put into it. */
import { createApi } from "@reduxjs/toolkit/query/react";
import { baseQuery } from "./base_query";

export const emptyApi = createApi({
  reducerPath: "api",
  baseQuery,
  refetchOnReconnect: true,
  // What is shown is asked for anew when its page is opened again; until the answer the old one stands.
  refetchOnMountOrArgChange: true,
  keepUnusedDataFor: 300,
  endpoints: () => ({}),
});
