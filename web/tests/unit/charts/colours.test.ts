/** Colours of theme.css as eyes of every kind see them. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Three = readonly [number, number, number];

/** Of linear RGB, severity 1: Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009. */
const EYES: Readonly<Record<string, readonly Three[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
/** Of Oklab; twice of what is told apart side by side. */
const LEAST_DISTANCE = 0.1;
/** WCAG 2.2, 1.4.11: what is drawn, on what is behind. */
const LEAST_CONTRAST = 3;

const CSS = readFileSync("src/app/theme.css", "utf8");
const INDICATORS = ["--indicator-1", "--indicator-2", "--indicator-3"];
const SCHEMES = [
  { scheme: "light", grounds: ["#ffffff", "#f7f8fa"], own: ":root {", choice: ':root[data-gain-loss="green-red"] {' },
  {
    scheme: "dark",
    grounds: ["#161b22", "#11151b"],
    own: ':root[data-mantine-color-scheme="dark"] {',
    choice: ':root[data-mantine-color-scheme="dark"][data-gain-loss="green-red"] {',
  },
];

test.each(SCHEMES)("indicators are no gain and no loss, and none is another: $scheme", ({ grounds, own, choice }) => {
  const indicators = INDICATORS.map((each) => valueOf(own, each));
  const candles = [own, choice].flatMap((each) => [valueOf(each, "--gain"), valueOf(each, "--loss")]);
  const near = indicators.flatMap((one, at) =>
    [...indicators.slice(at + 1), ...candles].flatMap((other) =>
      Object.entries(EYES)
        .map(([eye, matrix]) => ({ one, other, eye, distance: distance(one, other, matrix) }))
        .filter((each) => each.distance < LEAST_DISTANCE),
    ),
  );
  expect(near).toEqual([]);
  for (const ground of grounds)
    for (const each of indicators) expect(contrast(each, ground)).toBeGreaterThan(LEAST_CONTRAST);
});

function valueOf(selector: string, name: string): string {
  const block = CSS.split(`\n${selector}`)[1]?.split("}")[0] ?? "";
  const found = block.split(`${name}: `)[1]?.split(";")[0];
  if (found === undefined) throw new Error(`${selector} has no ${name}.`);
  return found;
}

function linear(hex: string): Three {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [red, green, blue];
}

function times(matrix: readonly Three[], [a, b, c]: Three): Three {
  const [x = 0, y = 0, z = 0] = matrix.map((row) => row[0] * a + row[1] * b + row[2] * c);
  return [x, y, z];
}

/** Björn Ottosson, "A perceptual color space for image processing", 2020. */
function oklab(rgb: Three): Three {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map((each) => Math.cbrt(each)) as unknown as Three;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

function distance(one: string, other: string, eye: readonly Three[]): number {
  const [a, b] = [one, other].map((each) => {
    const [red, green, blue] = times(eye, linear(each));
    return oklab([red, green, blue].map((value) => Math.min(1, Math.max(0, value))) as unknown as Three);
  });
  return Math.hypot(...[0, 1, 2].map((at) => (a?.[at] ?? 0) - (b?.[at] ?? 0)));
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [one, other]
    .map((each) => times([[0.2126, 0.7152, 0.0722]], linear(each))[0])
    .sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
