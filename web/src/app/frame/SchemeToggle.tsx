import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { Moon, Sun } from "lucide-react";

export function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme("light") === "dark" ? "light" : "dark";
  const Icon = other === "light" ? Sun : Moon;
  return (
    <Tooltip label={`Change to ${other}`}>
      <ActionIcon variant="subtle" color="gray" onClick={() => setColorScheme(other)} aria-label={`Change to ${other}`}>
        <Icon size={16} strokeWidth={1.75} />
      </ActionIcon>
    </Tooltip>
  );
}
