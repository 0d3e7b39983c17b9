import { describe, expect, it } from "vitest";
import { measureRates, median } from "./harness.ts";
import { updateReport } from "./report.ts";

const table = (title: string, value: number) => ({
  title,
  note: "How.",
  rows: [
    { case: "ours", value, unit: "M msg/s", ratio: value / 2, compared_with: "theirs" },
    { case: "theirs", value: 2, unit: "M msg/s" },
  ],
});

describe("updateReport", () => {
  it("replaces one benchmark's section and leaves the others as they were", () => {
    const first = updateReport("", "tlv", table("TLV codec", 4), "day 1");
    const both = updateReport(first, "fold", table("Fold", 1), "day 2");
    const again = updateReport(both, "tlv", table("TLV codec", 5), "day 3");
    expect(again).toBe(
      updateReport(
        updateReport("", "tlv", table("TLV codec", 5), "day 3"),
        "fold",
        table("Fold", 1),
        "day 2",
      ),
    );
    expect(again.indexOf("## Fold")).toBeLessThan(again.indexOf("## TLV codec"));
    expect(again).toContain("| ours | 5.00 M msg/s | 2.50 x theirs |\n| theirs | 2.00 M msg/s |  |\n");
    expect(again).not.toContain("day 1");
  });
});

describe("measureRates", () => {
  it("gives each case's rate", () => {
    const work = () => Math.hypot(...Array.from({ length: 1000 }, (_, i) => i));
    const rates = measureRates([{ name: "a", items: 1000, run: work }], { rounds: 3, roundMs: 1 });
    expect(rates.get("a")).toBeGreaterThan(0);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});
