import { describe, expect, it } from "vitest";
import { CHANNEL_NAMES } from "../../protocol/stream/channels.ts";
import { ENTITY_SCHEMAS } from "../../protocol/stream/entities.ts";
import { placed, tableWidth, widthClass, widthProperties } from "../table/columns.ts";
import { DESCRIBED, PANELS } from "./index.ts";
import { fields as opportunityFields } from "./opportunities/fields.ts";

it("has a field of the drawer for each field of a signal and of a bar", () => {
  const { signal } = opportunityFields;
  const [schema] = ENTITY_SCHEMAS["opportunity.main"].properties.signal.anyOf;
  expect(Object.keys(signal.fields).toSorted()).toEqual(Object.keys(schema.properties).toSorted());
  const bar = Object.keys(ENTITY_SCHEMAS["market.bars"].properties).filter(
    (key) => key !== "id" && key !== "seq",
  );
  expect(Object.keys(DESCRIBED["market.bars"].fields).toSorted()).toEqual(bar.toSorted());
});

it("has one panel a channel, each with a name of its own", () => {
  expect(PANELS.map(({ channel }) => channel).toSorted()).toEqual([...CHANNEL_NAMES].toSorted());
  expect(new Set(PANELS.map(({ name }) => name)).size).toBe(PANELS.length);
  for (const panel of PANELS) expect(DESCRIBED[panel.channel]).toBe(panel);
});

describe.each(PANELS.map((panel) => [panel.name, panel] as const))("%s", (_, panel) => {
  it("has a field of the drawer for each field of the entity's schema", () => {
    const entity = Object.keys(ENTITY_SCHEMAS[panel.channel].properties).filter(
      (key) => key !== "id" && key !== "seq",
    );
    expect(Object.keys(panel.fields).toSorted()).toEqual(entity.toSorted());
  });

  it("names each column and field once", () => {
    const labels = Object.values(panel.columns).map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    const fields = Object.values(panel.fields).map(({ label }) => label);
    expect(new Set(fields).size).toBe(fields.length);
  });

  it("stands on the 4 px grid", () => {
    const columns = placed(panel.columns);
    for (const { width } of columns) expect(width % 4).toBe(0);
    expect(tableWidth(columns)).toBe(columns.reduce((sum, { width }) => sum + width, 0));
    expect(Object.values(widthProperties(columns))).toEqual(columns.map(({ width }) => width));
    for (const at of columns.keys()) expect(widthClass(at)).toBeTruthy();
  });

  it("marks each status with a glyph of its own", () => {
    for (const { marks = {} } of placed(panel.columns)) {
      const glyphs = Object.values(marks).map(({ glyph }) => glyph);
      expect(new Set(glyphs).size).toBe(glyphs.length);
    }
  });

  it("sorts by a column that it has, if by any", () => {
    expect([null, ...Object.keys(panel.columns)]).toContain(panel.defaultSort?.column ?? null);
  });
});
