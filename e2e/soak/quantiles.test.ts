import { describe, expect, it } from "vitest";
import { difference, gaugeOf, histogramOf, histogramQuantile, quantile } from "./quantiles.ts";

const SCRAPE = `# TYPE build_ms histogram
build_ms_bucket{le="1"} 10
build_ms_bucket{le="5"} 90
build_ms_bucket{le="10"} 100
build_ms_bucket{le="+Inf"} 100
build_ms_sum 300
build_ms_count 100
rss_bytes 1048576
rss_bytes_other 3
`;

describe("quantile", () => {
  it("is the nearest rank, whatever the order", () => {
    const values = [5, 1, 4, 2, 3];
    expect([0.2, 0.5, 0.95, 1].map((share) => quantile(values, share))).toEqual([1, 3, 5, 5]);
  });

  it("is null of nothing", () => {
    expect(quantile([], 0.95)).toBeNull();
  });
});

describe("a scrape", () => {
  it("gives its histograms and gauges by name", () => {
    expect(histogramOf(SCRAPE, "build_ms")).toEqual({
      bounds: [1, 5, 10, Number.POSITIVE_INFINITY],
      counts: [10, 90, 100, 100],
    });
    expect(gaugeOf(SCRAPE, "rss_bytes")).toBe(1_048_576);
  });

  it("gives null for what it does not have", () => {
    expect(histogramOf(SCRAPE, "build")).toBeNull();
    expect(gaugeOf(SCRAPE, "rss")).toBeNull();
  });
});

describe("histogramQuantile", () => {
  const bounds = [1, 5, 10, Number.POSITIVE_INFINITY];

  it("interpolates within the bucket of the rank", () => {
    const histogram = { bounds, counts: [10, 90, 100, 100] };
    expect(histogramQuantile(histogram, 0.1)).toBe(1);
    expect(histogramQuantile(histogram, 0.5)).toBe(3);
    expect(histogramQuantile(histogram, 0.95)).toBe(7.5);
  });

  it("says no more than the last bound of what lies beyond it", () => {
    expect(histogramQuantile({ bounds, counts: [0, 0, 0, 4] }, 0.5)).toBe(10);
  });

  it("of the difference of two scrapes knows only what came between", () => {
    const earlier = { bounds, counts: [100, 100, 100, 100] };
    const later = { bounds, counts: [100, 100, 120, 120] };
    expect(histogramQuantile(difference(later, earlier), 0.5)).toBe(7.5);
    expect(histogramQuantile(difference(later, later), 0.5)).toBeNull();
  });
});
