import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const GATEWAY = process.env["ARBITRAX_URL"] ?? "http://127.0.0.1:8080";
const OUTPUT = fileURLToPath(new URL("../src/arbitrax/web_dist", import.meta.url));
const SHRINKS = /\.(js|css|svg)$/;

/** Beside each asset that shrinks its brotli and gzip forms: browsers take no other over both http and https. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    async closeBundle() {
      for (const entry of await readdir(OUTPUT, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !SHRINKS.test(entry.name)) continue;
        const path = `${entry.parentPath}/${entry.name}`;
        const content = await readFile(path);
        await writeFile(`${path}.br`, await promisify(brotliCompress)(content));
        await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
      }
    },
  };
}

/** The font's Latin letters are asked for at once, so that no text jumps when they come. */
function fontFirst(): Plugin {
  return {
    name: "font-first",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle }) {
        const font = Object.keys(bundle ?? {}).find((each) => each.includes("inter-latin-wght-normal"));
        if (font === undefined) return [];
        const attrs = { rel: "preload", as: "font", type: "font/woff2", href: `/${font}`, crossorigin: true };
        return [{ tag: "link", attrs, injectTo: "head" as const }];
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), fontFirst(), compressed()],
  resolve: {
    alias: {
      "@arbitrax/client": fileURLToPath(new URL("../clients/typescript/src/index.ts", import.meta.url)),
      "@": fileURLToPath(new URL("src", import.meta.url)),
    },
  },
  build: {
    outDir: OUTPUT,
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0, // the gateway's policy allows no data: scripts or fonts
    chunkSizeWarningLimit: 400,
  },
  server: { proxy: { "/api": { target: GATEWAY, ws: true } } },
});
