// Write the page of exported reports into the Python package; with --check only compare.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { build } from "vite";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const OUTPUT = at("../../src/arbitrax/backtest/report/template.html.gz");

const { output } = await build({
  root: at(".."),
  configFile: at("../vite.report.config.ts"),
  logLevel: "error",
  build: { write: false },
});
const found = output.find((each) => each.fileName === "template.html").source;
if (!process.argv.includes("--check")) {
  const packed = gzipSync(found, { level: 9 });
  await writeFile(OUTPUT, packed);
  console.log(`${Math.round(found.length / 1000)} kB, ${Math.round(packed.length / 1000)} kB gzipped`);
} else if ((await readFile(OUTPUT).then(gunzipSync, () => "")).toString() !== found) {
  console.error("src/arbitrax/backtest/report/template.html.gz is not that of web/src; run: npm run build:report");
  process.exit(1);
}
