import { skipToken } from "@reduxjs/toolkit/query";
import { useNavigate, useSearchParams } from "react-router";
import { isApiError, sentenceOf, useGetBacktestQuery, useListInstrumentsQuery, useListStrategiesQuery } from "@/api";
import { Page } from "@/app/Page";
import { ErrorState, NotFound, TextSkeleton } from "@/app/states";
import { BacktestForm } from "./BacktestForm";
import { BEGINNING, valuesOf, type FormValues } from "./form_values";

/** `?like=bt_...` begins with what another run had, `?strategy=`, `?symbol=` with these. */
export function Component() {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const like = params.get("like");
  const strategies = useListStrategiesQuery({ limit: 500 });
  const instruments = useListInstrumentsQuery({ limit: 500 });
  const before = useGetBacktestQuery(like === null ? skipToken : { backtest: like });
  const error = strategies.error ?? instruments.error ?? before.error;
  const isReady = like === null || before.data !== undefined;
  const again = () => {
    for (const each of [strategies, instruments]) void each.refetch();
    if (like !== null) void before.refetch();
  };
  return (
    <Page title="New backtest" about={like === null ? undefined : `Begins with what ${like} had`}>
      {isReady && strategies.data !== undefined && instruments.data !== undefined ? (
        <BacktestForm
          key={like}
          strategies={strategies.data.data}
          instruments={instruments.data.data}
          initial={before.data === undefined ? beginning(params) : valuesOf(before.data.spec)}
          onAdded={(run) => void navigate(`/backtests/${run.id}`)}
        />
      ) : error === undefined ? (
        <TextSkeleton lines={20} />
      ) : isApiError(before.error) && before.error.status === 404 ? (
        <NotFound>{sentenceOf(before.error)}</NotFound>
      ) : (
        <ErrorState error={error} onRetry={again} />
      )}
    </Page>
  );
}

function beginning(params: URLSearchParams): FormValues {
  const symbol = params.get("symbol");
  return {
    ...BEGINNING,
    strategy: params.get("strategy") ?? BEGINNING.strategy,
    symbols: symbol === null ? [] : symbol.split(","),
    interval: params.get("interval") ?? BEGINNING.interval,
  };
}
