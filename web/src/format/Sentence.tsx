import { Code } from "@mantine/core";
import { withThousands } from "./decimal";

/** A sentence of the server's: what stands between backticks as code, thousands apart as everywhere on the page. */
export function Sentence({ text }: { readonly text: string }) {
  return text.split("`").map((part, at) => (at % 2 === 1 ? <Code key={at}>{part}</Code> : withThousands(part)));
}
