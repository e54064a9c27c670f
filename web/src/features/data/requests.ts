/** Requests of stored series beyond the generated ones. */
import { api, type PageSeriesMessage, type SeriesMessage } from "@/api";

const A_PAGE = 500;

const withSeries = api.injectEndpoints({
  endpoints: (build) => ({
    allSeries: build.query<readonly SeriesMessage[], undefined>({
      /** All pages of the catalogue: a table sorts and filters all or nothing. */
      queryFn: async (_, __, ___, ask) => {
        const found: SeriesMessage[] = [];
        let cursor: string | null = null;
        do {
          const answer = await ask({ url: "/api/v1/series", params: { limit: A_PAGE, cursor } });
          if (answer.error !== undefined) return { error: answer.error };
          const page: PageSeriesMessage = answer.data as PageSeriesMessage;
          found.push(...page.data);
          cursor = page.next_cursor;
        } while (cursor !== null);
        return { data: found };
      },
      providesTags: ["series"],
    }),
  }),
});

export const { useAllSeriesQuery: useAllSeries } = withSeries;
