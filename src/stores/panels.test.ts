/** What the page remembers of panels that are not shown, and whom it hands bars. */
import { beforeEach, expect, it } from "vitest";
import type { SeriesFrame } from "../../workers/api.ts";
import { showPanel, toggleStream, useLayout } from "./layout.ts";
import { applySeries, listenToSeries } from "./series.ts";
import { chooseTable, useTables } from "./tables.ts";

beforeEach(() => {
  useLayout.setState({ stream: false, shown: {} });
  useTables.setState({}, true);
});

const frame = (series: string): SeriesFrame => ({
  series,
  channel: "market.bars:TSLA:1s",
  whole: true,
  bars: [],
  gone: [],
  holes: [],
});

it("keeps the sort and the filter of each table apart", () => {
  chooseTable("pools", { filter: "weth" });
  chooseTable("pools", { sort: null });
  chooseTable("market", { filter: "tsla" });
  expect(useTables.getState()).toEqual({
    pools: { filter: "weth", sort: null },
    market: { filter: "tsla" },
  });
});

it("keeps which panel each group shows", () => {
  showPanel("events", "pools");
  toggleStream();
  showPanel("opportunities", "chains");
  expect(useLayout.getState()).toMatchObject({
    stream: true,
    shown: { events: "pools", opportunities: "chains" },
  });
});

it("hands a series to the chart that listens, and to none that has stopped", () => {
  const taken: string[] = [];
  const stopOld = listenToSeries("chart", () => taken.push("old"));
  const stop = listenToSeries("chart", () => taken.push("new"));
  stopOld();
  applySeries([frame("chart"), frame("another")]);
  expect(taken).toEqual(["new"]);
  stop();
  applySeries([frame("chart")]);
  expect(taken).toEqual(["new"]);
});
