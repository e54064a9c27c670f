/** Hints stand below their fields, so that fields side by side stand at one height. */
export const HINT_BELOW: ("label" | "input" | "description" | "error")[] = ["label", "input", "error", "description"];
