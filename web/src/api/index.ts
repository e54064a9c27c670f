/** Requests as hooks; see generated.ts. What is worth more than the tags of whole groups is said here. */
import { generatedApi } from "./generated";

export const api = generatedApi.enhanceEndpoints({
  endpoints: {
    // What a finished run says of itself never changes, so a new run makes nobody ask for it again.
    getBacktestTable: { providesTags: [] },
    getBacktestFigures: { providesTags: [] },
    getBacktestAccount: { providesTags: [] },
    getBacktestHonesty: { providesTags: [] },
    getBacktestReport: { providesTags: [] },
    // It changes nothing.
    validateBacktest: { invalidatesTags: [] },
  },
});

export * from "./generated";
export type { ApiError } from "./problems";
export { fieldError, isApiError, sentenceOf } from "./problems";
