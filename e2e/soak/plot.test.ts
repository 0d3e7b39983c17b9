import { describe, expect, it } from "vitest";
import { fakeRun } from "./fake-run.ts";
import { plot } from "./plot.ts";
import { linear, path, text, ticks } from "./svg.ts";
import { judge } from "./verdict.ts";

/** Throws where a tag is not closed in its order, or an attribute not quoted. */
function parse(svg: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  for (const [tag, slash, name, attributes, empty] of svg.matchAll(/<(\/?)([a-z]+)((?: [^<>]*?)?)(\/?)>/g)) {
    if (slash === "/") {
      if (open.pop() !== name) throw new Error(`${tag} closes nothing`);
      continue;
    }
    if (!/^( [a-zA-Z-]+="[^"<>]*")*$/.test(attributes as string)) throw new Error(`attributes of ${tag}`);
    names.push(name as string);
    if (empty === "") open.push(name as string);
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(", ")}`);
  if (/<(?!\/?[a-z]+[ />])/.test(svg)) throw new Error("a stray <");
  return names;
}

describe("plot", () => {
  const run = fakeRun((hour) => ({ page_heap_mb: 6 + 2 * hour }));
  const svg = plot(run, judge(run).slopes, 'A soak of <5> minutes & "more"');

  it("is well-formed, and light", () => {
    expect(parse(svg).filter((name) => name === "g")).toHaveLength(10);
    expect(svg.length).toBeLessThan(200_000);
    expect(svg).toContain("A soak of &lt;5&gt; minutes &amp; &quot;more&quot;");
  });

  it("has no number that is none", () => {
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it("draws and names the slopes that are judged", () => {
    expect(svg.match(/class="slope"/g)).toHaveLength(5);
    expect(svg).toContain("2.00 MB an hour, 90 % within 2.00 to 2.00");
  });

  it("draws a soak that ended before its first reading", () => {
    const none = { ...run, elapsed_s: 0, readings: [], snapshots: [], transactions: [], openings: [] };
    const empty = plot(none, judge(none).slopes, "none");
    expect(() => parse(empty)).not.toThrow();
    expect(empty).not.toMatch(/NaN|Infinity/);
  });
});

describe("scales", () => {
  it("map ends to ends", () => {
    const y = linear([0, 10], [100, 20]);
    expect([0, 5, 10].map(y)).toEqual([100, 60, 20]);
    expect(linear([3, 3], [7, 9])(3)).toBe(7);
  });

  it.each([
    [1, [0, 0.25, 0.5, 0.75, 1]],
    [7.3, [0, 2, 4, 6, 8]],
    [60, [0, 20, 40, 60]],
    [3_100, [0, 1_000, 2_000, 3_000, 4_000]],
    [0.0021, [0, 0.001, 0.002, 0.003]],
  ])("ticks reach %s in round steps", (max, expected) => {
    expect(ticks(max, 4)).toEqual(expected);
  });
});

describe("marks", () => {
  it("are rounded and escaped", () => {
    expect(
      path([
        [1.234, 2],
        [3, 4.06],
      ]),
    ).toBe("M1.2 2L3 4.1");
    expect(text({ x: 1.25 }, "a < b")).toBe('<text x="1.3">a &lt; b</text>');
  });
});
