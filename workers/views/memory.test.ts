import { describe, expect, it } from "vitest";
import type { ViewSpec } from "../api.ts";
import { NOT_CUT, Table } from "../testing/table.ts";

describe("want of memory", () => {
  const filled = (spec: Partial<ViewSpec> = {}) => {
    const table = new Table();
    table.open(spec);
    table.put("a", "b", "c", "d", "e");
    table.frame();
    return table;
  };
  const shed = (table: Table, rows: number) =>
    table.stores["tx.main"].shed(Number.POSITIVE_INFINITY, 5 - rows);

  it.each<[string, Partial<ViewSpec>]>([
    ["by seq", {}],
    ["sorted", { sort: { column: "hash", direction: "desc" } }],
    ["filtered", { filter: "cdef" }],
  ])(
    "B8 takes shed rows out of a view %s and of its totals, and shows them again when they change",
    (_, spec) => {
      const table = filled(spec);
      shed(table, 3);
      expect(table.frame()).toMatchObject({ total: 2, held: 2, rows: [{ id: "e" }, { id: "d" }] });
      table.put("b");
      const frame = table.frame()!;
      expect(frame).toMatchObject({ total: 3, held: 3 });
      expect(frame.rows.map(({ id }) => id)).toContain("b");
    },
  );

  it("B8 lets a frozen view keep what left the window until memory is wanted", () => {
    const table = filled();
    table.views.setFollow("v", false);
    table.evict(3);
    table.put("c");
    expect(table.ids()).toEqual(["e", "d", "c", "b", "a"]);
    expect(table.views.beyond_bytes).toBeGreaterThan(0);
    table.views.release(NOT_CUT);
    expect(table.views.beyond_bytes).toBe(0);
    expect(table.ids()).toEqual(["e", "d", "c"]);
    table.put("c");
    expect(table.frame()!.rows.map(({ id, seq }) => [id, seq])).toEqual([
      ["e", 5],
      ["d", 4],
      ["c", 7],
    ]);
  });

  it("B8 counts what left the window between the last frame and the freezing of a view", () => {
    const table = filled();
    table.evict(3);
    table.views.setFollow("v", false);
    table.frame();
    expect(table.views.beyond_bytes).toBeGreaterThan(0);
    table.views.release(NOT_CUT);
    expect(table.ids()).toEqual(["e", "d", "c"]);
  });

  it("B8 takes shed rows out of a frozen view", () => {
    const table = filled();
    table.views.setFollow("v", false);
    shed(table, 2);
    table.views.release(NOT_CUT);
    expect(table.ids()).toEqual(["e", "d", "c"]);
  });

  it("B8 counts what a view that nobody paints holds of rows that have left, never more than it ever held", () => {
    const table = filled();
    const held = table.stores["tx.main"].bytes;
    table.evict(3);
    expect(table.views.beyond_bytes).toBe((held / 5) * 2);
    for (let n = 0; n < 100; n++) table.put(`id${n}`);
    table.evict(table.seq);
    expect(table.views.beyond_bytes).toBe(held);
    table.views.release(NOT_CUT);
    expect(table.views.beyond_bytes).toBe(0);
  });

  it("O10 lets go of nothing between the parts of a change set", () => {
    const table = filled();
    table.evict(3);
    table.views.release(() => true);
    expect(table.views.compose(() => true).views).toEqual([]);
    expect(table.views.beyond_bytes).toBeGreaterThan(0);
  });

  it("knows which channels are shown, the heads of chains always", () => {
    const table = filled();
    expect(table.views.shows("tx.main")).toBe(true);
    expect(table.views.shows("pool.main")).toBe(false);
    expect(table.views.shows("chain.main")).toBe(true);
    table.views.close("v");
    expect(table.views.shows("tx.main")).toBe(false);
  });
});
