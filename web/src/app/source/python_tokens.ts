/** Python as pieces of one colour each: enough to read it by, not to compile it. */

export type TokenKind = "comment" | "string" | "keyword" | "name" | "plain";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const KEYWORDS =
  "False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield";
/** Letters before a quote. */
const PREFIX = "(?:\\b[rbfuRBFU]{1,2})?";
/** Three quotes on both sides, or up to the end; one on both, or up to the end of the line. */
const LONG = (quote: string) => String.raw`${quote}{3}[\s\S]*?(?:${quote}{3}|$)`;
const SHORT = (quote: string) => String.raw`${quote}(?:\\.|[^${quote}\\\n])*${quote}?`;
const PATTERN = new RegExp(
  [
    String.raw`(?<comment>#[^\n]*)`,
    `(?<string>${PREFIX}(?:${LONG('"')}|${LONG("'")}|${SHORT('"')}|${SHORT("'")}))`,
    String.raw`(?<name>(?<=\b(?:def|class)[ \t]+)\w+|@[\w.]+)`,
    String.raw`(?<keyword>\b(?:${KEYWORDS})\b)`,
  ].join("|"),
  "g",
);
const KINDS = ["comment", "string", "name", "keyword"] as const;

export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const found of source.matchAll(PATTERN)) {
    if (found.index > end) tokens.push({ kind: "plain", text: source.slice(end, found.index) });
    const kind = KINDS.find((each) => found.groups?.[each] !== undefined) ?? "plain";
    tokens.push({ kind, text: found[0] });
    end = found.index + found[0].length;
  }
  if (end < source.length) tokens.push({ kind: "plain", text: source.slice(end) });
  return tokens;
}
