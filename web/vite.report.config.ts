/** The page of exported reports: the components of a result as one HTML file, with a place for what they show. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What needs a gateway or other pages, and what a report has in its place. */
const RECORDED: Readonly<Record<string, string>> = {
  "src/api/base_query.ts": "src/report/base_query.ts",
  "src/features/backtests/compare/CompareActions.tsx": "src/report/ReportActions.tsx",
  "src/features/backtests/result/read_tile.ts": "src/report/no_tiles.ts",
  "src/features/backtests/result/RunActions.tsx": "src/report/ReportActions.tsx",
  "src/live/index.ts": "src/report/no_live.ts",
  "react-router": "src/report/no_router.tsx",
};

function recorded(): Plugin {
  const inPlace = new Map(
    Object.entries(RECORDED).map(([from, to]) => [from.startsWith("src/") ? at(from) : from, at(to)]),
  );
  return {
    name: "recorded",
    enforce: "pre",
    async resolveId(source, importer, options) {
      const named = inPlace.get(source);
      if (named !== undefined) return named;
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      return inPlace.get(found?.id ?? "") ?? found;
    },
  };
}

/** Script and style in one file, whose policy allows these and nothing else. */
function inOneFile(): Plugin {
  return {
    name: "in-one-file",
    enforce: "post",
    generateBundle(_, bundle) {
      let [script, style] = ["", ""];
      for (const [name, each] of Object.entries(bundle)) {
        if (each.type === "chunk") script += each.code;
        else style += String(each.source);
        Reflect.deleteProperty(bundle, name);
      }
      script = script.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
      style = style.trim();
      // Components add styles while they run. What they need may be known to all: no markup comes from data.
      const nonce = createHash("sha256")
        .update(script + style)
        .digest("base64url")
        .slice(0, 16);
      const hash = createHash("sha256").update(script).digest("base64");
      const policy = [
        "default-src 'none'",
        `script-src 'sha256-${hash}'`,
        `style-src 'nonce-${nonce}'`,
        "img-src data:",
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
      ].join("; ");
      const parts: Readonly<Record<string, string>> = { policy, nonce, style, script };
      const source = readFileSync(at("report.html"), "utf8").replace(
        /\{\{(policy|nonce|style|script)\}\}/g,
        (_mark, name: string) => parts[name] ?? "",
      );
      this.emitFile({ type: "asset", fileName: "template.html", source });
    },
  };
}

export default defineConfig({
  plugins: [recorded(), react(), inOneFile()],
  publicDir: false,
  define: { "process.env.NODE_ENV": '"production"' },
  resolve: {
    alias: {
      "@arbitrax/client": at("../clients/typescript/src/index.ts"),
      "@": at("src"),
    },
  },
  build: {
    outDir: at("../src/arbitrax/backtest/report"),
    emptyOutDir: false,
    target: "es2023",
    assetsInlineLimit: 1_000_000,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      input: at("src/report/main.tsx"),
      output: { format: "es", codeSplitting: false, comments: { legal: true } },
    },
  },
});
