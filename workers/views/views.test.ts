import { describe, expect, it } from "vitest";
import { VIEW_LIMITS } from "../limits.ts";
import { chain, poolEvent, tx } from "../testing/rows.ts";
import { NOT_CUT, SPEC, Table } from "../testing/table.ts";

describe("range", () => {
  it("shows the rows of the range, newest first, with the totals", () => {
    const table = new Table();
    table.open();
    table.put("a", "b", "c", "d", "e");
    table.views.setRange("v", { start: 1, end: 3 });
    expect(table.frame()).toMatchObject({ view: "v", total: 5, held: 5, start: 1, newer: 0 });
    table.views.setRange("v", { start: 1, end: 4 });
    expect(table.ids()).toEqual(["d", "c", "b"]);
  });

  it("is cut to what there is, and to what one frame may carry", () => {
    const table = new Table();
    table.open();
    table.put("a", "b");
    table.views.setRange("v", { start: 1, end: 50 });
    expect(table.ids()).toEqual(["a"]);
    table.views.setRange("v", { start: 7, end: 50 });
    expect(table.frame()).toMatchObject({ start: 2, rows: [] });
    table.views.setRange("v", { start: Number.NaN, end: -3 });
    expect(table.frame()).toMatchObject({ start: 0, rows: [] });
    table.put(...Array.from({ length: 2000 }, (_, i) => `id${i}`));
    table.views.setRange("v", { start: 0, end: 1e9 });
    expect(table.frame()!.rows).toHaveLength(VIEW_LIMITS.rows_count);
  });

  it("has a first range before the page says one, and a frame though there is nothing", () => {
    const table = new Table();
    table.open();
    expect(table.frame()).toMatchObject({ total: 0, rows: [] });
    table.put("a");
    expect(table.ids()).toEqual(["a"]);
  });
});

describe("what is sent", () => {
  it("sends a view again only when what it shows has changed", () => {
    const table = new Table();
    table.open();
    table.put("a", "b", "c");
    table.views.setRange("v", { start: 0, end: 2 });
    expect(table.frame()).not.toBeNull();
    expect(table.frame()).toBeNull();
    // A change out of sight: a total of the same size and the same rows.
    table.stores["tx.main"].apply({ upsert: [], remove: ["none"], evict_before: 0 });
    expect(table.frame()).toBeNull();
    table.put("c");
    expect(table.ids()).toEqual(["c", "b"]);
  });

  it("sends nothing of a closed view", () => {
    const table = new Table();
    table.open();
    table.put("a");
    table.views.close("v");
    expect(table.frame()).toBeNull();
    expect(table.views.size).toBe(0);
  });

  it("stays at the instant before while a change set is cut, also where the range moves", () => {
    const table = new Table();
    table.open();
    table.put("a", "b", "c");
    table.views.setRange("v", { start: 0, end: 1 });
    table.frame();
    table.put("d");
    const isCut = (channel: string) => channel === "tx.main";
    expect(table.views.compose(isCut)).toEqual({ views: [], series: [] });
    table.views.setRange("v", { start: 0, end: 2 });
    expect(table.views.compose(isCut).views[0]).toMatchObject({
      total: 3,
      held: 3,
      rows: [{ id: "c" }, { id: "b" }],
    });
    expect(table.ids()).toEqual(["d", "c"]);
  });

  it("shows a row that is not as its schema says without its bad cells", () => {
    const table = new Table();
    table.open({ columns: ["hash", "value", "nonce"], sort: { column: "value", direction: "asc" } });
    table.put(
      "a",
      { id: "b", value_wei: 5 as unknown as string },
      { id: "c", nonce: {} as unknown as string },
    );
    const { rows } = table.frame()!;
    expect(rows.map(({ id }) => id)).toEqual(["c", "a", "b"]);
    expect(rows[2]!.cells.map(({ text }) => text)).toEqual(["b", "–", "7"]);
  });
});

describe("sort and filter", () => {
  it("sorts by a column with ties newest first, and keeps the order as rows change", () => {
    const table = new Table();
    table.open({ sort: { column: "nonce", direction: "asc" } });
    table.put({ id: "a", nonce: "10" }, { id: "b", nonce: "9" }, { id: "c", nonce: "10" });
    expect(table.ids()).toEqual(["b", "c", "a"]);
    table.put({ id: "b", nonce: "11" });
    expect(table.ids()).toEqual(["c", "a", "b"]);
    table.open({ sort: { column: "nonce", direction: "desc" } });
    expect(table.ids()).toEqual(["b", "c", "a"]);
  });

  it("filters by all of its words, in any text, in any case", () => {
    const table = new Table();
    table.open({ filter: "  PEND   0xAA " });
    table.put({ id: "0xaa1" }, { id: "0xaa2", status: "included" }, { id: "0xbb" });
    expect(table.frame()).toMatchObject({ total: 1, held: 3, rows: [{ id: "0xaa1" }] });
    table.put({ id: "0xaa2", status: "pending" });
    expect(table.ids()).toEqual(["0xaa2", "0xaa1"]);
    table.open({ filter: "nothing has this" });
    expect(table.frame()).toMatchObject({ total: 0, rows: [] });
  });

  it("keeps its range when its spec is replaced", () => {
    const table = new Table();
    table.open();
    table.put("a", "b", "c");
    table.views.setRange("v", { start: 1, end: 2 });
    table.open({ filter: "pending" });
    expect(table.ids()).toEqual(["b"]);
  });

  it("tells depth by the chain's head, shows and sorts it anew when the head moves", () => {
    const table = new Table();
    table.views.open("v", {
      channel: "pool.main",
      columns: ["depth"],
      sort: { column: "depth", direction: "asc" },
      filter: "",
    });
    table.putRow("pool.main", poolEvent({ id: "x", block_number: "90" }));
    table.putRow("pool.main", poolEvent({ id: "y", block_number: "101" }));
    const shown = () => table.frame()?.rows.map(({ id, cells }) => `${id}: ${cells[0]!.text}`) ?? null;
    expect(shown()).toEqual(["y: seen", "x: seen"]);
    table.putRow("chain.main", chain({ head_block: "100" }));
    expect(shown()).toEqual(["x: 11 blocks", "y: seen"]);
    table.putRow("chain.main", chain({ head_block: "101", tx_per_s: 1 }));
    expect(shown()).toEqual(["y: 1 block", "x: 12 blocks"]);
    table.putRow("chain.main", chain({ head_block: "101", tx_per_s: 2 }));
    expect(shown()).toBeNull();
  });
});

describe("frozen", () => {
  it("keeps its rows, updates them in place, and counts what is newer", () => {
    const table = new Table();
    table.open();
    table.put("a", "b", "c");
    table.frame();
    table.views.setFollow("v", false);
    table.put("d", "e", { id: "b", nonce: "99" });
    table.put({ id: "d", nonce: "1" });
    const frame = table.frame()!;
    expect(frame).toMatchObject({ total: 3, held: 5, newer: 2 });
    expect(frame.rows.map(({ id, cells }) => `${id} ${cells[1]!.text}`)).toEqual(["c 7", "b 99", "a 7"]);
    table.views.setFollow("v", true);
    expect(table.frame()).toMatchObject({ total: 5, newer: 0 });
  });

  it("counts only what the filter matches", () => {
    const table = new Table();
    table.open({ filter: "0xaa" });
    table.put("0xaa1");
    table.views.setFollow("v", false);
    table.put("0xaa2", "0xbb");
    expect(table.frame()).toMatchObject({ newer: 1, total: 1 });
  });

  it("keeps rows that leave the window, and no more than it froze", () => {
    const table = new Table();
    table.open();
    table.put("a", "b", "c");
    table.views.setFollow("v", false);
    for (let i = 0; i < 3000; i++) table.put(`new${i}`);
    table.evict(table.seq + 1);
    expect(table.frame()).toMatchObject({ total: 3, held: 0 });
    expect(table.views.compose(NOT_CUT).views).toEqual([]);
    table.views.setFollow("v", true);
    expect(table.frame()).toMatchObject({ total: 0, held: 0, newer: 0 });
  });

  it("counts every row that passed its eyes, also those that left the window since", () => {
    const table = new Table();
    table.open();
    table.put("a");
    table.views.setFollow("v", false);
    for (let i = 0; i < 50; i++) {
      table.put(`new${i}`);
      table.evict(table.seq);
      table.frame();
    }
    table.put("last");
    expect(table.frame()).toMatchObject({ newer: 51, held: 2 });
  });

  it("takes a new copy when its spec is replaced", () => {
    const table = new Table();
    table.open();
    table.put("a", "b");
    table.views.setFollow("v", false);
    table.put("c");
    table.open({ sort: { column: "hash", direction: "asc" } });
    table.put("d");
    const frame = table.frame()!;
    expect(frame.rows.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(frame.newer).toBe(1);
  });

  it("holds its rows over a window that is fetched anew", () => {
    const table = new Table();
    table.open();
    table.put("a", "b");
    table.views.setFollow("v", false);
    table.stores["tx.main"].replace(
      [tx({ id: "b", seq: 2 }), tx({ id: "a", seq: 8 }), tx({ id: "z", seq: 9 })],
      5000,
    );
    const frame = table.frame()!;
    expect(frame.rows.map(({ id, seq }) => `${id}@${seq}`)).toEqual(["b@2", "a@8"]);
    expect(frame.newer).toBe(1);
  });
});

describe("bounds and bad calls", () => {
  it("opens so many views and says when that is too many", () => {
    const { views } = new Table();
    for (let i = 0; i < VIEW_LIMITS.views_count; i++) views.open(`v${i}`, SPEC);
    views.open("v0", SPEC);
    expect(() => views.open("one more", SPEC)).toThrow("view one more: 64 views are open, which is the most");
  });

  it("names a channel or column that there is not", () => {
    const { views } = new Table();
    expect(() => views.open("v", { ...SPEC, channel: "x" as "tx.main" })).toThrow("unknown channel x");
    expect(() => views.open("v", { ...SPEC, columns: ["pair"] })).toThrow("tx.main has no column pair");
    const sort = { column: "constructor" as "hash", direction: "asc" } as const;
    expect(() => views.open("v", { ...SPEC, sort })).toThrow("tx.main has no column constructor");
  });

  it("ignores calls for views that are not open", () => {
    const { views } = new Table();
    views.setRange("none", { start: 0, end: 5 });
    views.setFollow("none", false);
    views.close("none");
    expect(views.compose(NOT_CUT).views).toEqual([]);
  });
});
