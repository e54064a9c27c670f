import { useMediaQuery } from "@mantine/hooks";

/** Whether the screen is a telephone's: rows are cards there. The width is that of the style sheets. */
export function useIsNarrow(): boolean {
  return useMediaQuery("(max-width: 760px)", false, { getInitialValueInEffect: false });
}

/** Whether there is room for what matters less. */
export function useIsWide(): boolean {
  return useMediaQuery("(min-width: 1440px)", false, { getInitialValueInEffect: false });
}
