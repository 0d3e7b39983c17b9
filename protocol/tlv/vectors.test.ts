/** The published vectors: bytes with their NDJSON, and damaged streams with their faults. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { corpus } from "../../testing/corpus.ts";
import { decodeMessage } from "./decode.ts";
import { encodeMessage } from "./encode.ts";
import { messageFromJson, messageToJson } from "./json.ts";
import { decodeAll } from "./testing/decode-all.ts";

const folder = corpus("vectors");
const CHUNKINGS = [[1], [2, 3, 5], [31, 33], [64], [1000, 1, 1], [100_000]];

interface Expected {
  error: string | null;
  recovered: number;
  faults?: number;
}

const read = (name: string) => new Uint8Array(readFileSync(join(folder ?? "", name)));
const STREAMS = folder === null ? [] : ["small", "mixed", "high-seq"];
const EXPECTED =
  folder === null
    ? {}
    : (JSON.parse(new TextDecoder().decode(read("bad/expected.json"))) as Record<string, Expected>);

describe.skipIf(folder === null)("vectors", () => {
  describe.each(STREAMS)("%s", (name) => {
    const bytes = read(`${name}.tlv`);
    const lines = new TextDecoder()
      .decode(read(`${name}.ndjson`))
      .trimEnd()
      .split("\n");

    it.each(CHUNKINGS)("decodes to its NDJSON in chunks of %i, ...", (...cuts) => {
      const decoded: string[] = [];
      const { faults } = decodeAll(bytes, cuts, { onMessage: (view) => decoded.push(messageToJson(view)) });
      expect(faults).toEqual([]);
      expect(decoded).toEqual(lines);
    });

    it("is written back byte for byte, from lines and from exact objects", () => {
      expect(Buffer.compare(Buffer.concat(lines.map(messageFromJson)), bytes)).toBe(0);
      const again: Uint8Array[] = [];
      decodeAll(bytes, undefined, { onMessage: (view) => again.push(encodeMessage(decodeMessage(view))) });
      expect(Buffer.compare(Buffer.concat(again), bytes)).toBe(0);
    });
  });

  describe.each(Object.entries(EXPECTED))("bad/%s", (name, { error, recovered, faults: count }) => {
    it.each(CHUNKINGS)("has its faults and loses no good message in chunks of %i, ...", (...cuts) => {
      const { messages, faults } = decodeAll(read(`bad/${name}.tlv`), cuts);
      const errors = Array.from({ length: count ?? (error === null ? 0 : 1) }, () => error);
      expect(faults.map((fault) => fault.error)).toEqual(errors);
      expect(messages).toHaveLength(recovered);
    });
  });
});
