// Write the page of exported reports into the Python package; with --check only compare.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const OUTPUT = at("../../src/arbitrax/backtest/report/template.html");

const { output } = await build({
  root: at(".."),
  configFile: at("../vite.report.config.ts"),
  logLevel: "error",
  build: { write: false },
});
const found = output.find((each) => each.fileName === "template.html").source;
if (!process.argv.includes("--check")) {
  await writeFile(OUTPUT, found);
  console.log(`${Math.round(found.length / 1000)} kB`);
} else if ((await readFile(OUTPUT, "utf8").catch(() => "")) !== found) {
  console.error("src/arbitrax/backtest/report/template.html is not that of web/src; run: npm run build:report");
  process.exit(1);
}
