// Write src/api/generated.ts from docs/openapi.json; with --check only compare.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { generateEndpoints } from "@rtk-query/codegen-openapi";
import { format } from "prettier";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const OUTPUT = at("../src/api/generated.ts");

const text = await generateEndpoints({
  schemaFile: at("../../docs/openapi.json"),
  apiFile: "./empty_api",
  apiImport: "emptyApi",
  exportName: "generatedApi",
  hooks: true,
  tag: true,
  encodePathParams: true,
  encodeQueryParams: false, // the transport does
});
const head = "// Every request of the gateway. Written by `npm run generate` from docs/openapi.json; do not edit.\n";
// Of objects with any fields: what is in them has to be looked at before it is used.
const strict = text.replaceAll("[key: string]: any", "[key: string]: unknown");
const found = await format(head + strict, { parser: "typescript", printWidth: 120 });
if (!process.argv.includes("--check")) {
  await writeFile(OUTPUT, found);
} else if ((await readFile(OUTPUT, "utf8")) !== found) {
  console.error("src/api/generated.ts is not that of docs/openapi.json; run: npm run generate");
  process.exit(1);
}
