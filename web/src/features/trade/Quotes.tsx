import { Stat, Stats } from "@/app/Page";
import { Figure } from "@/format";
import { quote, statistics, useChannel } from "@/live";

const WHY_NO_SIDE = "Nobody offers on this side.";
const WHY_NO_TRADE = "Nothing has traded.";

export function Quotes({ symbol }: { readonly symbol: string }) {
  const best = useChannel(quote(symbol)).data;
  const day = useChannel(statistics(symbol)).data;
  return (
    <Stats>
      <Stat label="Last" under={day?.phase}>
        <Figure value={day?.last} live why={WHY_NO_TRADE} />
      </Stat>
      <Stat label="Bid" under={<Figure value={best?.bid?.[1]} why={WHY_NO_SIDE} />}>
        <Figure value={best?.bid?.[0]} live why={WHY_NO_SIDE} />
      </Stat>
      <Stat label="Ask" under={<Figure value={best?.ask?.[1]} why={WHY_NO_SIDE} />}>
        <Figure value={best?.ask?.[0]} live why={WHY_NO_SIDE} />
      </Stat>
      <Stat label="Day range">
        <Figure value={day?.low} why={WHY_NO_TRADE} />
        {day?.high != null && (
          <>
            {" – "}
            <Figure value={day.high} />
          </>
        )}
      </Stat>
      <Stat label="Volume">
        <Figure value={day?.volume} live why={WHY_NO_TRADE} />
      </Stat>
    </Stats>
  );
}
