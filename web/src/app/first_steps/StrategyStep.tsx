import { Radio, Stack } from "@mantine/core";
import type { StrategyMessage } from "@/api";

interface StrategyStepProps {
  readonly strategies: readonly StrategyMessage[];
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}

export function StrategyStep({ strategies, chosen, onChoose }: StrategyStepProps) {
  return (
    <Radio.Group value={chosen ?? null} onChange={onChoose} aria-label="Strategy">
      <Stack gap="sm">
        {strategies.map(({ name, summary }) => (
          <Radio key={name} value={name} label={name} description={summary.replaceAll("``", "")} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
