import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** How pages look is compared while nobody has done anything yet. */
class LooksFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isFirst = (each: TestSpecification) => each.moduleId.endsWith("every_page.test.ts");
    const sorted = await super.sort(files);
    return [...sorted.filter(isFirst), ...sorted.filter((each) => !isFirst(each))];
  }
}

/** In Chromium, against `arbitrax up`: a gateway, an exchange and a worker on servers of their own. */
export default defineConfig({
  resolve: {
    alias: { "@arbitrax/client": fileURLToPath(new URL("../clients/typescript/src/index.ts", import.meta.url)) },
  },
  test: {
    include: [process.env["SOAK"] === undefined ? "tests/browser/*.test.ts" : "tests/browser/soak/*.test.ts"],
    globalSetup: ["tests/browser/stack.ts"],
    reporters: ["default", "./tests/browser/not_run.ts"],
    fileParallelism: false, // they share one stack
    sequence: { sequencer: LooksFirst },
    testTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } }, // as long as playwright waits
    hookTimeout: 120_000,
    attachmentsDir: "../build/browser",
  },
});
