import { expect, test } from "vitest";
import { decodeMessage } from "./decode.ts";
import { encodeMessage } from "./encode.ts";
import { StreamDecoder } from "./stream-decoder.ts";
import { typeName } from "./type-name.ts";

test("types with a table have its name, those of execution and portfolio their number, others none", () => {
  const names = Array.from({ length: 256 }, (_, type) => typeName(type));
  expect([names[11], names[39], names[40], names[59]]).toEqual([
    "PoolSwap",
    null,
    "execution 40",
    "execution 59",
  ]);
  expect([names[60], names[79], names[80], names[250]]).toEqual(["portfolio 60", "portfolio 79", null, null]);
  const told = names.filter((name) => name !== null);
  expect(new Set(told).size).toBe(told.length);
});

test("types 40 to 79 pass as Unknown, with their bytes", () => {
  for (let type = 40; type <= 79; type++) {
    const bytes = encodeMessage({
      domain: "execution",
      source: 40,
      sequence: 1n,
      timestamp_ns: 0n,
      tlvs: [{ name: "Unknown", type, bytes: "0x010203" }],
    });
    const decoded: unknown[] = [];
    const faults: unknown[] = [];
    const decoder = new StreamDecoder({
      onMessage: (view) => decoded.push(decodeMessage(view).tlvs),
      onFault: (fault) => faults.push(fault),
    });
    decoder.push(bytes);
    decoder.end();
    expect(faults).toEqual([]);
    expect(decoded).toEqual([[{ type, name: "Unknown", length: 3, bytes: "0x010203" }]]);
  }
});
