import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { DateField } from "@/fields/DateField";
import { dayProblem, isDay } from "@/fields/day";

function shown(initial: string) {
  const told = vi.fn();
  function Field() {
    const [value, setValue] = useState(initial);
    return (
      <DateField
        label="From"
        value={value}
        onChange={(next) => {
          told(next);
          setValue(next);
        }}
      />
    );
  }
  render(
    <MantineProvider env="test">
      <Field />
    </MantineProvider>,
  );
  return { told, input: screen.getByLabelText<HTMLInputElement>("From"), user: userEvent.setup() };
}

test("a day is what the calendar has", () => {
  expect(["2024-02-29", "2023-02-29", "2024-13-01", "2024-1-1", "", "today"].map(isDay)).toEqual([
    true,
    ...Array.from({ length: 5 }, () => false),
  ]);
  expect(dayProblem("")).toBeUndefined();
  expect(dayProblem("2023-02-29")).toMatch(/such as 2024-01-31/);
});

test("a typed day is told when it is whole, and nothing before", async () => {
  const { told, input, user } = shown("");
  await user.type(input, "2024-01-31");
  expect(told.mock.calls).toEqual([["2024-01-31"]]);
  await user.clear(input);
  expect(told).toHaveBeenLastCalledWith("");
});

test("what is no day stays to be read, and is told when the field is left", async () => {
  const { told, input, user } = shown("2024-01-31");
  await user.clear(input);
  await user.type(input, "2023-02-29");
  expect(told.mock.calls).toEqual([[""]]);
  await user.tab();
  expect(told).toHaveBeenLastCalledWith("2023-02-29");
  expect(input.value).toBe("2023-02-29");
});

test("a day is chosen from a calendar that begins at the one there is", async () => {
  const { told, input, user } = shown("2024-01-31");
  await user.click(screen.getByRole("button", { name: "Choose a day: From" }));
  await user.click(await screen.findByRole("button", { name: "15 January 2024" }));
  expect(told.mock.calls).toEqual([["2024-01-15"]]);
  expect(input.value).toBe("2024-01-15");
});
