import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FrameValue, useFrameValue } from "@/live";

let frames: FrameRequestCallback[] = [];
const drawFrame = () => act(() => frames.splice(0).forEach((each) => each(0)));

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
});
afterEach(drawFrame);

describe("a hot value", () => {
  it("is told once a frame, with the newest", () => {
    const value = new FrameValue(0);
    const told = vi.fn();
    value.subscribe(told);
    for (let at = 1; at <= 100; at += 1) value.set(at);
    expect(told).not.toHaveBeenCalled();
    expect([value.next, value.shown]).toEqual([100, 0]);
    drawFrame();
    expect(told).toHaveBeenCalledOnce();
    expect(value.shown).toBe(100);
  });

  it("asks for one frame however many values change", () => {
    const [one, other] = [new FrameValue(0), new FrameValue(0)];
    one.set(1);
    other.set(1);
    expect(frames).toHaveLength(1);
  });

  it("is not told to who left", () => {
    const value = new FrameValue(0);
    const told = vi.fn();
    value.subscribe(told)();
    value.set(1);
    drawFrame();
    expect(told).not.toHaveBeenCalled();
  });

  it("draws a component when what it takes of it changed, and not else", () => {
    const value = new FrameValue({ price: "1", size: 1 });
    const drawn = vi.fn();
    const price = (whole: { price: string }) => whole.price;
    function Price() {
      const shown = useFrameValue(value, price);
      drawn();
      return <p>{shown}</p>;
    }
    render(<Price />);
    value.set({ price: "1", size: 2 });
    drawFrame();
    expect(drawn).toHaveBeenCalledOnce();
    value.set({ price: "2", size: 2 });
    drawFrame();
    expect(screen.getByText("2")).toBeInTheDocument();
  });
});
