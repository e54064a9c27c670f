import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import { Provider } from "react-redux";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { transport } from "@/api/transport";
import { SeriesFacts } from "@/features/data/series/SeriesFacts";
import { makeStore } from "../../store";
import { series } from "../dashboard/samples";

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
});
afterEach(() => vi.unstubAllGlobals());

test("gaps are those that the coverage below shows, whatever the rules found; a fault costs the full score", async () => {
  const parts = ["present", "missing", "present", "partial"].map((state) => ({ state }));
  vi.spyOn(transport, "ask").mockImplementation(() => Promise.resolve(Response.json({ parts })));
  render(
    <Provider store={makeStore()}>
      <MantineProvider env="test">
        <MemoryRouter>
          <SeriesFacts series={{ ...series(), quality_score: 99.96 }} />
        </MemoryRouter>
      </MantineProvider>
    </Provider>,
  );
  const figure = (label: string) => screen.getByText(label).nextElementSibling;
  await vi.waitFor(() => expect(figure("Missing")).toHaveTextContent(/^2/));
  expect(figure("Quality")).toHaveTextContent(/^99\.9/);
});
