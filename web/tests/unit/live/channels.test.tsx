import type { Leave, Listener } from "@arbitrax/client";
import { GatewayError } from "@arbitrax/client";
import { act, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useChannel, type Channel } from "@/live";
import { forgetChannels } from "@/live/channels";

vi.mock("@/live/stream", () => ({ liveStream: () => undefined }));

let listener: Listener<number> | undefined;
const leave = vi.fn<Leave>();
const sum = (key: string): Channel<number, number> => ({
  key,
  open: (_, given) => {
    listener = given;
    opened(key);
    return leave;
  },
  fold: (before = 0, message) => before + message,
});
const opened = vi.fn<(key: string) => void>();

function Sum({ of }: { readonly of: string | undefined }) {
  const { data, error } = useChannel(of === undefined ? undefined : sum(of));
  return <p>{error?.code ?? data ?? "nothing"}</p>;
}

beforeEach(() => {
  vi.useFakeTimers();
  forgetChannels();
  opened.mockClear();
  leave.mockClear();
});
const tell = (message: number) =>
  act(() => {
    listener?.next(message);
    vi.advanceTimersByTime(20);
  });

describe("a channel", () => {
  it("is followed once for all who show it, and each sees all of it", () => {
    render(
      <>
        <Sum of="a" />
        <Sum of="a" />
      </>,
    );
    tell(1);
    tell(2);
    expect(opened).toHaveBeenCalledOnce();
    expect(screen.getAllByText("3")).toHaveLength(2);
  });

  it("is left some time after the last one went, and is kept by who comes before", () => {
    const { unmount } = render(<Sum of="a" />);
    tell(1);
    unmount();
    vi.advanceTimersByTime(1_000);
    render(<Sum of="a" />);
    vi.advanceTimersByTime(10_000);
    expect(leave).not.toHaveBeenCalled();
    expect(screen.getByText("1")).toBeInTheDocument();
  });

  it("begins anew after it was left", () => {
    const { unmount } = render(<Sum of="a" />);
    tell(1);
    unmount();
    vi.advanceTimersByTime(10_000);
    expect(leave).toHaveBeenCalledOnce();
    render(<Sum of="a" />);
    expect(screen.getByText("nothing")).toBeInTheDocument();
    tell(5);
    expect(screen.getByText("5")).toBeInTheDocument();
  });

  it("changes with its key", () => {
    const { rerender } = render(<Sum of="a" />);
    tell(1);
    rerender(<Sum of="b" />);
    expect(screen.getByText("nothing")).toBeInTheDocument();
    rerender(<Sum of={undefined} />);
    expect(screen.getByText("nothing")).toBeInTheDocument();
  });

  it("says why it can not be followed", () => {
    render(<Sum of="a" />);
    act(() => {
      listener?.error?.(new GatewayError("feed.no_such_symbol", "There is none.", 0, false));
      vi.advanceTimersByTime(20);
    });
    expect(screen.getByText("feed.no_such_symbol")).toBeInTheDocument();
  });
});
