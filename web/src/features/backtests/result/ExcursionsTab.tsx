import { Section } from "@/app/Page";
import { Empty } from "@/app/states";
import classes from "./Result.module.css";
import { Excursions } from "./Excursions";
import type { Trade } from "./trades";

interface ExcursionsTabProps {
  readonly trades: readonly Trade[];
  readonly onShow: (trade: Trade) => void;
}

export function ExcursionsTab({ trades, onShow }: ExcursionsTabProps) {
  if (trades.length === 0) return <Empty title="No trade lies here">Show the whole run.</Empty>;
  return (
    <div className={classes["charts"]}>
      <Section title="Worst before the exit (MAE) against return">
        <Excursions trades={trades} of="mae" onShow={onShow} />
      </Section>
      <Section title="Best before the exit (MFE) against return">
        <Excursions trades={trades} of="mfe" onShow={onShow} />
      </Section>
    </div>
  );
}
