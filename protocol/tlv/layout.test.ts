import { describe, expect, it } from "vitest";
import { LAYOUT_BY_TYPE, LAYOUT_LIST, OFFSET, SIZE, TYPE } from "./layout.ts";

/** The contract's sizes. Offsets follow from them and the order, which the vectors check. */
const SIZES = {
  Trade: 40,
  Quote: 56,
  PoolSwap: 208,
  PoolMint: 208,
  PoolBurn: 208,
  PoolTick: 64,
  PoolState: 192,
  PoolSync: 160,
  GasPrice: 32,
  ArbitrageSignal: 170,
  SystemHealth: 48,
  TraceContext: 32,
};

describe("layouts", () => {
  it("have the contract's sizes", () => {
    expect(SIZE).toMatchObject(SIZES);
  });

  it("have types of their own, found by number", () => {
    expect(new Set(LAYOUT_LIST.map(({ type }) => type)).size).toBe(LAYOUT_LIST.length);
    for (const layout of LAYOUT_LIST) expect(LAYOUT_BY_TYPE[layout.type]).toBe(layout);
    expect([TYPE.Transaction, TYPE.LogPosition]).toEqual([210, 219]);
  });

  it.each(LAYOUT_LIST.map((layout) => [layout.name, layout] as const))(
    "%s has no gap and no name twice",
    (_, layout) => {
      let offset = 0;
      for (const field of layout.fields) {
        expect(field.offset).toBe(offset);
        offset += field.size;
      }
      expect(offset).toBe(layout.size);
      const names = layout.fields.map(({ name }) => name);
      // These are the keys of a TLV in its exact and its NDJSON form.
      expect(new Set([...names, "type", "name", "length", "bytes"]).size).toBe(names.length + 4);
    },
  );

  it.each(
    LAYOUT_LIST.filter(({ name }) => name !== "ArbitrageSignal").map(
      (layout) => [layout.name, layout] as const,
    ),
  )("%s has every integer at a multiple of its size, up to 8", (_, layout) => {
    for (const { kind, offset, size } of layout.fields) {
      if (/^[ui]\d/.test(kind)) expect(offset % Math.min(size, 8)).toBe(0);
    }
    expect(OFFSET[layout.name]).toBeTypeOf("object");
  });
});
