import { createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#eaf1ff",
  "#d3e0fd",
  "#a5c0f8",
  "#749ef4",
  "#4d81f0",
  "#3570ee",
  "#2766ed",
  "#1a56d3",
  "#114cbd",
  "#0041a6",
];
/** Neutral greys with a trace of blue; 6 to 9 are the dark page. */
const dark: MantineColorsTuple = [
  "#dfe4ea",
  "#b9c1cb",
  "#929dab",
  "#6f7b8a",
  "#3a434f",
  "#2a323c",
  "#1e242c",
  "#161b22",
  "#11151b",
  "#0c0f14",
];
const gray: MantineColorsTuple = [
  "#f7f8fa",
  "#eff1f4",
  "#e3e7ec",
  "#d3d9e0",
  "#b6bfca",
  "#8d99a8",
  "#667384",
  "#4a5665",
  "#313b47",
  "#1c232c",
];

export const theme = createTheme({
  colors: { accent, dark, gray },
  primaryColor: "accent",
  primaryShade: 6, // white on it is readable in both schemes
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, monospace",
  // Three: of tables and labels, of text, of the one figure that matters. Canvases have the first (charts/colours.ts).
  fontSizes: { xs: "13px", sm: "13px", md: "14px", lg: "14px", xl: "20px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "20px", xl: "28px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  defaultRadius: "sm",
  radius: { sm: "4px", md: "6px" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "20px" }, h2: { fontSize: "14px" }, h3: { fontSize: "14px" } },
  },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // What may be left out says so; the rest is needed.
    InputWrapper: { defaultProps: { withAsterisk: false } },
    // What is chosen does not slide there: motion is for what changes by itself.
    // In the dark its track had the colour of the page.
    SegmentedControl: {
      defaultProps: { transitionDuration: 0 },
      styles: { root: { backgroundColor: "var(--hover)" } },
    },
  },
});
