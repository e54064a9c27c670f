import { SegmentedControl } from "@mantine/core";
import { skipToken } from "@reduxjs/toolkit/query";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { Page, Section } from "@/app/Page";
import { ChartSkeleton, Empty, Loaded } from "@/app/states";
import { COMPARED, TimeChart, type Pane } from "@/charts";
import { formatNumber, formatPercent } from "@/format";
import { drawdownOf } from "../EquityCurve";
import { useReport } from "../recorded";
import { runWords } from "../run_text";
import { CompareActions } from "./CompareActions";
import { useComparedRunsQuery, type ComparedRun } from "./compared";
import { CompareTables } from "./CompareTables";
import { RunKeys } from "./RunKeys";

const MOST = COMPARED.length;
const HEIGHTS = { growth: 320, drawdown: 120 };

/** `?runs=bt_..,bt_..`: two to eight runs, their curves over each other and what differs. */
export function Component() {
  const isRecorded = useReport() !== undefined;
  const [params, setParams] = useSearchParams();
  const ids = (params.get("runs") ?? "").split(",").filter((each) => each !== "");
  const kept = [...new Set(ids)].slice(0, MOST);
  const query = useComparedRunsQuery(kept.length < 2 ? skipToken : kept);
  const scale = params.get("scale") === "log" ? "log" : "linear";
  const set = (name: string, value: string | null) =>
    setParams(
      (before) => {
        if (value === null) before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true },
    );
  const others = <CompareActions runs={kept} />;
  return (
    <Page title="Compare runs" actions={others}>
      {kept.length < 2 ? (
        <Empty title="Choose two to eight runs" action={others}>
          Their curves are drawn over each other here, with what differs in parameters and figures.
        </Empty>
      ) : (
        <Loaded query={query} skeleton={<ChartSkeleton height={HEIGHTS.growth + HEIGHTS.drawdown + 160} />}>
          {(runs) => (
            <>
              <RunKeys
                runs={runs.map((each) => each.run)}
                {...(isRecorded ? {} : { onDrop: (id) => set("runs", kept.filter((each) => each !== id).join(",")) })}
              />
              <Section
                title="Growth of 1"
                actions={
                  <SegmentedControl
                    size="xs"
                    aria-label="Scale"
                    data={[
                      { value: "linear", label: "Linear" },
                      { value: "log", label: "Log" },
                    ]}
                    value={scale}
                    onChange={(each) => set("scale", each === "log" ? "log" : null)}
                  />
                }
              >
                <Curves runs={runs} scale={scale} />
              </Section>
              <CompareTables runs={runs} />
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

const times = (value: number) => formatNumber(value, { digits: 2 });
const percent = (value: number) => formatPercent(value);
const wholePercent = (value: number) => formatPercent(value, 0);

function Curves({ runs, scale }: { readonly runs: readonly ComparedRun[]; readonly scale: "linear" | "log" }) {
  const panes = useMemo(() => {
    const pane = (id: "growth" | "drawdown", rest: Omit<Pane, "id" | "height" | "series">): Pane => ({
      id,
      height: HEIGHTS[id],
      series: runs.map(({ run, growth }, at) => ({
        id: `${id} ${run.id}`,
        name: id === "growth" ? `${at + 1} ${runWords(run.spec).title}` : `Run ${at + 1}`,
        kind: "line",
        colour: COMPARED[at % MOST] ?? "one",
        isThin: true,
        data: id === "growth" ? growth : drawdownOf(growth),
      })),
      ...rest,
    });
    return [pane("growth", { format: times, scale }), pane("drawdown", { format: percent, axis: wholePercent })];
  }, [runs, scale]);
  return <TimeChart panes={panes} label="Growth and drawdown of the runs" />;
}
