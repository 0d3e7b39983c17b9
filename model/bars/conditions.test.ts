import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { MOVES, movesOf } from "./conditions.ts";
import { SALE_CONDITIONS } from "./sale-conditions.ts";

const DOC = readFileSync(resolve(import.meta.dirname, "../../docs/bars.md"), "utf8");

describe("trade conditions", () => {
  test("are those that docs/bars.md publishes", () => {
    const yes = (is: boolean) => (is ? "yes" : "no");
    const code = (of: string | null) => (of === null ? "-" : `\`${of}\``);
    const rows = SALE_CONDITIONS.map(({ code: number, name, cta, utp, high_low, last, volume }) =>
      ["", number, name, code(cta), code(utp), yes(high_low), yes(last), yes(volume), ""].join(" | ").trim(),
    );
    expect(DOC.split("\n").filter((line) => /^\| \d+ \|/.test(line))).toEqual(rows);
  });

  test("have one rule a number, and a code on a tape at least", () => {
    expect(new Set(SALE_CONDITIONS.map(({ code }) => code)).size).toBe(SALE_CONDITIONS.length);
    expect(SALE_CONDITIONS.filter(({ cta, utp }) => cta === null && utp === null)).toEqual([]);
  });

  test.each([
    ["odd lot on any tape", [1, 37], MOVES.volume],
    ["odd lot on tape C", [3, 37], MOVES.volume],
    ["average price on tape B", [2, 2], MOVES.volume],
    ["sold out of sequence", [1, 32], MOVES.volume | MOVES.range],
    ["corrected close", [3, 38], MOVES.range | MOVES.ends],
    ["official open", [1, 16], 0],
    ["intermarket sweep", [1, 14], MOVES.all],
    ["a condition that the tape has not", [1, 5], MOVES.all],
    ["a number that is not listed", [1, 255], MOVES.all],
    ["no tape", [0, 37], MOVES.all],
    ["an unknown tape", [255, 37], MOVES.all],
  ] as const)("%s", (_, [tape, code], moves) => {
    expect(movesOf(tape, code)).toBe(moves);
  });
});
