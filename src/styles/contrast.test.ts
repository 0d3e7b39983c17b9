/** WCAG 2 AA for the tokens: every text colour on every surface that it is drawn on, in both themes. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FADED_OPACITY } from "../chart/colours.ts";

const AA = 4.5;
/** Of what is no text. */
const AA_SHAPES = 3;
const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const tokens = new Map(
  [...css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = "", light = "", dark = ""]) => [name, { light, dark }],
  ),
);

const SURFACES = ["surface-1", "surface-2", "surface-3", "accent-soft"];
const TEXTS = ["text", "text-muted"];
/** Drawn in rows (also selected and hovered ones), in panels' heads and in the bar. */
const TONES = ["accent", "good", "warn", "bad", "info"];
const ROW_SURFACES = ["surface-1", "surface-2", "accent-soft"];

describe.each(["light", "dark"] as const)("%s theme", (theme) => {
  const pairs = [
    ...TEXTS.flatMap((text) => SURFACES.map((surface) => [text, surface] as const)),
    ...TONES.flatMap((tone) => ROW_SURFACES.map((surface) => [tone, surface] as const)),
    ["surface-1", "accent"] as const,
  ];
  it.each(pairs)("draws %s on %s", (text, surface) => {
    expect(contrast(colour(text, theme), colour(surface, theme))).toBeGreaterThanOrEqual(AA);
  });
});

describe.each(["light", "dark"] as const)("a chart in the %s theme", (theme) => {
  it.each(["good", "bad", "warn"])("draws %s so that its shape is seen, faded too", (tone) => {
    const surface = colour("surface-1", theme);
    expect(contrast(mixed(colour(tone, theme), surface, FADED_OPACITY), surface)).toBeGreaterThanOrEqual(
      AA_SHAPES,
    );
  });
});

it("knows black on white", () => expect(contrast("#000000", "#ffffff")).toBeCloseTo(21));

function colour(token: string, theme: "light" | "dark"): string {
  const pair = tokens.get(token);
  if (pair === undefined) throw new Error(`tokens.css has no --${token}`);
  return pair[theme];
}

/** `over` at an opacity on `under`. */
function mixed(over: string, under: string, opacity: number): string {
  const channel = (at: number) => {
    const [top, bottom] = [over, under].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16)) as [
      number,
      number,
    ];
    return Math.round(top * opacity + bottom * (1 - opacity))
      .toString(16)
      .padStart(2, "0");
  };
  return `#${[1, 3, 5].map(channel).join("")}`;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
