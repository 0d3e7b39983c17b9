import { describe, expect, it } from "vitest";
import { LAYOUT_LIST } from "../../protocol/tlv/layout.ts";
import { tlvDocs } from "./tlv.ts";
import { FIELD_NOTES } from "./tlv-notes.ts";

describe("docs/tlv.md", () => {
  it("has a note only for fields that exist", () => {
    const names = new Set(
      LAYOUT_LIST.flatMap(({ name, fields }) =>
        fields.flatMap((field) => [field.name, `${name}.${field.name}`]),
      ),
    );
    expect(Object.keys(FIELD_NOTES).filter((key) => !names.has(key))).toEqual([]);
  });

  it("publishes every vendor type with its offsets", () => {
    for (const type of [210, 211, 212, 213, 214, 215, 216, 217, 218, 219]) {
      expect(tlvDocs()).toMatch(new RegExp(`### ${type} \\w+: \\d+ bytes\\n\\n\\| offset`));
    }
  });
});
