import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** In Chromium, against `arbitrax up`: a gateway, an exchange and a worker on servers of their own. */
export default defineConfig({
  resolve: {
    alias: { "@arbitrax/client": fileURLToPath(new URL("../clients/typescript/src/index.ts", import.meta.url)) },
  },
  test: {
    include: ["tests/browser/**/*.test.ts"],
    globalSetup: ["tests/browser/stack.ts"],
    reporters: ["default", "./tests/browser/not_run.ts"],
    fileParallelism: false, // they share one stack
    testTimeout: 60_000,
    hookTimeout: 120_000,
    attachmentsDir: "../build/browser",
  },
});
