/** Requests of the dashboard beyond the generated ones. */
import { api, type SeriesCoverageMessage, type SeriesMessage } from "@/api";

type SeriesName = Pick<SeriesMessage, "symbol" | "interval">;

export function seriesKey({ symbol, interval }: SeriesName): string {
  return `${symbol} ${interval}`;
}

const withBehind = api.injectEndpoints({
  endpoints: (build) => ({
    /** By series, how many sessions are over since its last bar. What has no calendar is left out. */
    sessionsBehind: build.query<Readonly<Record<string, number>>, readonly SeriesName[]>({
      queryFn: async (series, _, __, ask) => {
        const found: Record<string, number> = {};
        for (const each of series) {
          const [symbol, interval] = [encodeURIComponent(each.symbol), encodeURIComponent(each.interval)];
          const answer = await ask({ url: `/api/v1/series/${symbol}/${interval}/coverage` });
          // A refusal is of this series: it was removed, or its calendar does not go so far.
          if (answer.error?.status === 0) return { error: answer.error };
          const { sessions_behind: behind } = (answer.data ?? { sessions_behind: null }) as Pick<
            SeriesCoverageMessage,
            "sessions_behind"
          >;
          if (behind !== null) found[seriesKey(each)] = behind;
        }
        return { data: found };
      },
      providesTags: ["series"],
    }),
  }),
});

export const { useSessionsBehindQuery: useSessionsBehind } = withBehind;
