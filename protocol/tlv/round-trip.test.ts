/** Every type, at its fields' extremes: exact object -> bytes -> exact object and line, and back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage, type Message } from "./decode.ts";
import { encodeMessage } from "./encode.ts";
import { messageFromJson, messageToJson } from "./json.ts";
import { LAYOUT_LIST } from "./layout.ts";
import { messageOf } from "./testing/arbitrary.ts";
import { decodeAll } from "./testing/decode-all.ts";

describe.each(LAYOUT_LIST.map((layout) => [layout.name, layout] as const))("%s", (_, layout) => {
  it("survives encode and decode, and the line and back", () => {
    fc.assert(
      fc.property(messageOf(layout), (message) => {
        const bytes = encodeMessage(message);
        let decoded: Message | undefined;
        let line = "";
        const outcome = decodeAll(bytes, undefined, {
          onMessage: (view) => {
            decoded = decodeMessage(view);
            line = messageToJson(view);
          },
        });
        expect(outcome.faults).toEqual([]);
        expect(decoded).toMatchObject(message);
        expect(line).not.toContain('"raw"');
        expect(messageFromJson(line)).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });
});

describe("any value bytes", () => {
  it.each(LAYOUT_LIST.map((layout) => [layout.name, layout] as const))(
    "of %s give the same bytes back",
    (_, layout) => {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: layout.size, maxLength: layout.size }), (value) => {
          const bytes = encodeMessage({
            domain: layout.type === 32 ? "signal" : layout.type >= 100 ? "system" : "market_data",
            source: 60,
            sequence: 1n,
            timestamp_ns: 2n,
            tlvs: [{ name: "Unknown", type: layout.type, bytes: `0x${Buffer.from(value).toString("hex")}` }],
          });
          const lines: string[] = [];
          decodeAll(bytes, undefined, { onMessage: (view) => lines.push(messageToJson(view)) });
          expect(lines.map(messageFromJson)).toEqual([bytes]);
        }),
        { numRuns: 60 },
      );
    },
  );
});
