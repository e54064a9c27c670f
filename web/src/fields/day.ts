/** Whether a text is a day of the calendar, as 2024-01-31. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text); // there is no 31st of June
}

/** What is wrong with a day that may be left out. */
export function dayProblem(text: string): string | undefined {
  return text === "" || isDay(text) ? undefined : "Write a day of the calendar, such as 2024-01-31.";
}
