import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { UploadMessage } from "@/api";
import { ruleText } from "@/features/data/series/quality_columns";
import { PreviewTable } from "@/features/data/upload/PreviewTable";

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
});
afterEach(() => vi.unstubAllGlobals());

test("a finding says what its rule found", () => {
  expect(ruleText({ rule: "session", level: "warn" })).toBe("session missing");
  expect(ruleText({ rule: "session", level: "error" })).toBe("bar outside sessions");
  expect(ruleText({ rule: "jump", level: "info" })).toBe("price jump");
  expect(ruleText({ rule: "price_not_positive", level: "error" })).toBe("price not positive");
});

test("numbers of a file that is looked at stand at the right, dates and what is not used at the left", () => {
  const columns = [
    { name: "Day", role: "date" },
    { name: "Last", role: "close" },
    { name: "Note", role: null },
  ];
  const found = { columns, rows: [["2024-03-01", "12.5", "7"]] } as unknown as UploadMessage;
  render(
    <MantineProvider env="test">
      <PreviewTable found={found} onTake={vi.fn()} />
    </MantineProvider>,
  );
  const isNumber = (name: string) => screen.getByRole("cell", { name }).hasAttribute("data-number");
  expect(["2024-03-01", "12.5", "7"].map(isNumber)).toEqual([false, true, false]);
});
