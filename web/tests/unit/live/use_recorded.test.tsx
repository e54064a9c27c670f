import { render } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { useRecorded } from "@/live/use_recorded";

const ask = vi.fn();

function List({ occasion, isThere }: { readonly occasion: number; readonly isThere?: boolean }) {
  useRecorded(ask, occasion, isThere);
  return null;
}

beforeEach(() => {
  vi.useFakeTimers();
  ask.mockClear();
  return () => vi.useRealTimers();
});
const asked = (ms: number) => {
  vi.advanceTimersByTime(ms);
  return ask.mock.calls.length;
};

test("what happened is asked for until it is there, and then nothing is asked any more", () => {
  const { rerender } = render(<List occasion={1} isThere={false} />);
  expect([asked(100), asked(50), asked(1_000), asked(3_000), asked(10_000), asked(10_000)]).toEqual([0, 1, 2, 3, 4, 5]);
  rerender(<List occasion={1} isThere />);
  expect(asked(60_000)).toBe(5);
  rerender(<List occasion={2} isThere={false} />);
  expect(asked(150)).toBe(6);
});

test("where nobody can tell it is tried three times after each occasion", () => {
  const { rerender } = render(<List occasion={1} />);
  expect(asked(60_000)).toBe(3);
  rerender(<List occasion={2} />);
  expect(asked(60_000)).toBe(6);
});
