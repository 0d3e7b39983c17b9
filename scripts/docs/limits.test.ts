import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LIMIT_TABLES } from "./limits.ts";
import { limitRows, parseLimits, unitOf } from "./limits-table.ts";

const ROOT = join(import.meta.dirname, "../..");
const ROOMS = ["protocol", "model", "server", "workers", "src", "mock-server"];

describe("docs/limits.md", () => {
  it.each(LIMIT_TABLES)("$name: every entry has its row, and its name its unit", ({ file, name, values }) => {
    const names = limitRows(file, name).map((row) => row.name);
    expect(names).toEqual(Object.keys(values));
    for (const limit of names) expect(unitOf(limit)).not.toBe("");
  });

  it("has every table of the project", () => {
    const found = ROOMS.flatMap((room) =>
      readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
        .flatMap((file) => {
          const path = `${room}/${file}`;
          const tables = readFileSync(join(ROOT, path), "utf8").matchAll(
            /^(?:export )?const (\w*LIMITS)\b/gm,
          );
          return Array.from(tables, ([, name]) => `${path} ${name}`);
        }),
    );
    const listed = LIMIT_TABLES.map(({ file, name }) => `${file} ${name}`);
    expect(found.toSorted()).toEqual(listed.toSorted());
  });
});

describe("parseLimits", () => {
  const parse = (...body: string[]) =>
    parseLimits(["export const A_LIMITS = {", ...body, "} as const;"].join("\n"), "a.ts", "A_LIMITS");

  it("reads a doc comment of one line and of several", () => {
    expect(
      parse("  /** One. */", "  a_ms: 1,", "  /**", "   * Two,", "   * in lines.", "   */", "  b_ms: 2,"),
    ).toEqual([
      { name: "a_ms", meaning: "One." },
      { name: "b_ms", meaning: "Two, in lines." },
    ]);
  });

  it("refuses a limit without a doc comment of its own, naming file and line", () => {
    expect(() => parse("  a_ms: 1,")).toThrow("a.ts:2: a_ms has no doc comment of its own");
    expect(() => parse("  /** Both. */", "  a_ms: 1,", "  b_ms: 2,")).toThrow("a.ts:4: b_ms has no");
  });

  it("refuses what is no entry, a table that is not there, and one without an end", () => {
    expect(() => parse("  ...others,")).toThrow("a.ts:2: neither a doc comment nor");
    expect(() => parseLimits("", "a.ts", "A_LIMITS")).toThrow('a.ts: no line "export const A_LIMITS = {"');
    expect(() => parseLimits("export const A_LIMITS = {", "a.ts", "A_LIMITS")).toThrow("does not end");
  });
});

it("a limit's name ends in its unit", () => {
  expect(unitOf("client_messages_per_s")).toBe("a second");
  expect(unitOf("timeout_ms")).toBe("ms");
  expect(() => unitOf("most_rows")).toThrow("limit most_rows: its name ends in no unit");
});
