import { describe, expect, it } from "vitest";
import { messageChecksum } from "./crc32.ts";
import { encodeMessage, type MessageInit, type TlvInit } from "./encode.ts";
import type { Fault } from "./faults.ts";
import { HEADER } from "./header.ts";
import { StreamDecoder } from "./stream-decoder.ts";
import { decodeAll } from "./testing/decode-all.ts";

function tick(ms: number, more: Partial<MessageInit> = {}): Uint8Array {
  const tlvs: TlvInit[] = [{ name: "Tick", unix_ms: BigInt(ms) }];
  return encodeMessage({
    domain: "system",
    source: 60,
    sequence: BigInt(ms),
    timestamp_ns: 0n,
    tlvs,
    ...more,
  });
}

/** A copy with some bytes set, and the checksum made to hold again unless it is what is damaged. */
function altered(
  message: Uint8Array,
  changes: Record<number, number>,
  checksum: "recomputed" | "left",
): Uint8Array {
  const copy = message.slice();
  for (const [position, value] of Object.entries(changes)) copy[Number(position)] = value;
  const data = new DataView(copy.buffer);
  if (checksum === "recomputed") data.setUint32(HEADER.checksum, messageChecksum(data, 0, copy.length), true);
  return copy;
}

/** A message with these bytes for its TLVs, and a checksum that holds. */
function withPayload(payload: number[], domain = 1): Uint8Array {
  const empty = tick(1, { tlvs: [] });
  const bytes = new Uint8Array(empty.length + payload.length);
  bytes.set(empty);
  bytes.set(payload, empty.length);
  return altered(bytes, { [HEADER.domain]: domain, [HEADER.payload_size]: payload.length }, "recomputed");
}

const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const codes = (faults: readonly Fault[]) => faults.map(({ error, offset }) => `${error}@${offset}`);

const A = tick(1);
const B = tick(2);
const C = tick(3);
const SIZE = A.length;
const FLIPPED = altered(B, { [SIZE - 1]: 0xff }, "left");
const GARBAGE = new Uint8Array(50).fill(0xaa);

describe("where a header is due", () => {
  it("one run of garbage is one fault, at its first byte", () => {
    const { messages, faults } = decodeAll(join(A, GARBAGE, B, GARBAGE));
    expect(messages).toHaveLength(2);
    expect(codes(faults)).toEqual([`invalid_magic@${SIZE}`, `invalid_magic@${2 * SIZE + 50}`]);
  });

  it("damaged messages side by side are a fault each, as their sizes are right", () => {
    const { messages, faults } = decodeAll(join(A, FLIPPED, FLIPPED, FLIPPED, C));
    expect(messages).toHaveLength(2);
    expect(codes(faults)).toEqual([1, 2, 3].map((index) => `checksum_mismatch@${index * SIZE}`));
  });

  it("a message cut by the stream's end is a fault after a damaged one too", () => {
    const { faults } = decodeAll(join(FLIPPED, C.subarray(0, 20)));
    expect(codes(faults)).toEqual(["checksum_mismatch@0", `truncated_message@${SIZE}`]);
  });

  it("a few bytes of a magic at the end are a message cut, other bytes are garbage", () => {
    expect(codes(decodeAll(join(A, A.subarray(0, 3))).faults)).toEqual([`truncated_message@${SIZE}`]);
    expect(codes(decodeAll(join(A, A.subarray(1, 3))).faults)).toEqual([`invalid_magic@${SIZE}`]);
  });

  it("checks in order: size, completeness, checksum, version, domain, TLVs", () => {
    const all = { [HEADER.version]: 9, [HEADER.domain]: 9, 32: 150 };
    const size = { [HEADER.payload_size + 3]: 0x7f };
    const cases: [Uint8Array, string][] = [
      [altered(B, { ...all, ...size }, "left"), "payload_too_large"],
      [altered(B, all, "left"), "checksum_mismatch"],
      [altered(B, all, "recomputed"), "unsupported_version"],
      [altered(B, { ...all, [HEADER.version]: 1 }, "recomputed"), "invalid_relay_domain"],
      [altered(B, { 32: 150 }, "recomputed"), "domain_violation"],
    ];
    for (const [damaged, error] of cases) {
      const { messages, faults } = decodeAll(join(A, damaged, C));
      expect(faults.map((fault) => fault.error)).toEqual([error]);
      expect(messages).toHaveLength(2);
    }
    expect(codes(decodeAll(altered(B, all, "left").subarray(0, 40)).faults)).toEqual(["truncated_message@0"]);
  });
});

describe("TLVs", () => {
  const VENDOR = [230, 1, 7];
  const SIGNAL = [21, 0];
  const SYSTEM = [119, 0];
  const MARKET = [19, 0];

  it.each([
    ["none: a keep-alive", [], 1, null],
    ["unknown, in range", MARKET, 1, null],
    ["unknown, of the execution range", [79, 0], 3, null],
    ["vendor first in market data", VENDOR, 1, null],
    ["vendor first in system", VENDOR, 4, null],
    ["vendor first in signal", VENDOR, 2, "domain_violation"],
    ["vendor first in execution", VENDOR, 3, "domain_violation"],
    ["system first in market data", SYSTEM, 1, "domain_violation"],
    ["system and vendor companions anywhere", [...SIGNAL, ...SYSTEM, ...VENDOR], 2, null],
    ["a companion of another domain", [...MARKET, ...SIGNAL], 1, "domain_violation"],
    ["a reserved companion", [...MARKET, 150, 0], 1, "domain_violation"],
    ["type 0", [0, 0], 1, "domain_violation"],
    ["an extended short value", [255, 0, 230, 1, 0, 9], 1, null],
    ["an extended 255", [255, 0, 255, 0, 0], 1, "domain_violation"],
    ["a reserved byte set", [255, 1, 230, 1, 0, 9], 1, "invalid_extended_tlv"],
    ["a header of one byte", [230], 1, "truncated_tlv"],
    ["a value that is cut", [230, 4, 1, 2, 3], 1, "truncated_tlv"],
    ["an extended header that is cut", [255, 0, 230, 1], 1, "truncated_tlv"],
    ["an extended value that is cut", [255, 0, 230, 2, 0, 1], 1, "truncated_tlv"],
    ["a known type of another size", [217, 4, 1, 2, 3, 4], 4, "payload_size_mismatch"],
    [
      "a known type of another size, extended",
      [255, 0, 217, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      4,
      "payload_size_mismatch",
    ],
    ["damage in a companion", [...MARKET, 230, 9], 1, "truncated_tlv"],
  ] as const)("%s", (_, payload, domain, error) => {
    const { messages, faults } = decodeAll(join(withPayload([...payload], domain), C));
    expect(faults.map((fault) => fault.error)).toEqual(error === null ? [] : [error]);
    expect(messages).toHaveLength(error === null ? 2 : 1);
  });
});

describe("after damage", () => {
  it("messages inside a lying size's span are found, whole or wrapped in a damaged one", () => {
    const liar = altered(A, { [HEADER.payload_size]: 4 * SIZE }, "recomputed");
    const { offsets, faults } = decodeAll(join(liar, B, C, B, C, GARBAGE, A));
    expect(offsets).toEqual([1, 2, 3, 4].map((i) => i * SIZE).concat(5 * SIZE + 50));
    expect(codes(faults)).toEqual(["checksum_mismatch@0", `invalid_magic@${5 * SIZE}`]);
  });

  it("a header that only looks like one does not hold up what follows", () => {
    const decoy = tick(9).subarray(0, 32).slice();
    decoy[HEADER.version] = 7;
    new DataView(decoy.buffer).setUint32(HEADER.payload_size, 1_000_000, true);
    const seen: string[] = [];
    const decoder = new StreamDecoder({
      onMessage: (view) => seen.push(view.sequence.toString()),
      onFault: ({ error }) => seen.push(error),
    });
    decoder.push(join(GARBAGE, decoy, C));
    expect(seen).toEqual(["invalid_magic", "3"]);
  });

  it("a message whose checksum holds is one of its own, though its TLVs are damaged", () => {
    const { faults } = decodeAll(join(GARBAGE, withPayload([150, 0]), C));
    expect(codes(faults)).toEqual(["invalid_magic@0", "domain_violation@50"]);
  });

  it("without a checksum, TLVs that parse make a message and others do not", () => {
    const unchecked = tick(5, { checksum: "absent" });
    const broken = altered(unchecked, { 33: 7 }, "left");
    const { messages, faults } = decodeAll(join(GARBAGE, broken, unchecked));
    expect(messages).toHaveLength(1);
    expect(codes(faults)).toEqual(["invalid_magic@0"]);
  });

  it("at the end, a cut is told from a size that lies by the whole messages inside most of its span", () => {
    const sized = (size: number) => altered(A, { [HEADER.payload_size]: size }, "recomputed");
    expect(codes(decodeAll(join(sized(SIZE * 3), B, C)).faults)).toEqual(["checksum_mismatch@0"]);
    expect(codes(decodeAll(join(sized(255), B, C)).faults)).toEqual(["truncated_message@0"]);
    expect(codes(decodeAll(join(sized(SIZE * 3), GARBAGE, GARBAGE)).faults)).toEqual(["truncated_message@0"]);
  });
});

describe("chunks that end where a damaged message does", () => {
  it.each([[0xaa], [0xef, 0xaa]])("make no second fault of the bytes %j that follow", (...after) => {
    const bytes = join(FLIPPED, new Uint8Array(after), C);
    for (const cut of [SIZE, SIZE + 1, bytes.length]) {
      expect(codes(decodeAll(bytes, [cut, 1000]).faults)).toEqual(["checksum_mismatch@0"]);
    }
  });
});

describe("limits", () => {
  it("takes payloads up to the limit, and no limit over 16 MiB", () => {
    const message = tick(1, { tlvs: [{ name: "Unknown", type: 230, bytes: `0x${"00".repeat(300)}` }] });
    const payload = message.length - 32;
    expect(decodeAll(message, undefined, { maxPayloadBytes: payload }).messages).toHaveLength(1);
    const { faults } = decodeAll(message, undefined, { maxPayloadBytes: payload - 1 });
    expect(codes(faults)).toEqual(["payload_too_large@0"]);
    const handlers = { onMessage: () => undefined, onFault: () => undefined };
    expect(() => new StreamDecoder({ ...handlers, maxPayloadBytes: 16 * 1024 * 1024 + 1 })).toThrow(
      RangeError,
    );
  });

  it("passes an empty chunk and an empty stream", () => {
    expect(decodeAll(new Uint8Array(0))).toEqual({ messages: [], offsets: [], faults: [] });
  });
});

describe("a live socket", () => {
  function live() {
    const seen: string[] = [];
    const decoder = new StreamDecoder({
      onMessage: (view) => seen.push(view.sequence.toString()),
      onFault: ({ error, offset }) => seen.push(`${error}@${offset}`),
    });
    return { decoder, seen };
  }

  it("tells which message is pending, and the same while it is", () => {
    const { decoder } = live();
    expect(decoder.pendingOffset).toBeNull();
    decoder.push(join(A, B.subarray(0, 10)));
    expect(decoder.pendingOffset).toBe(SIZE);
    decoder.push(B.subarray(10, 20));
    expect(decoder.pendingOffset).toBe(SIZE);
    decoder.push(join(B.subarray(20), C.subarray(0, 1)));
    expect(decoder.pendingOffset).toBe(2 * SIZE);
    decoder.push(C.subarray(1));
    expect(decoder.pendingOffset).toBeNull();
  });

  it("gives up an expired message and finds what its claimed span holds", () => {
    const { decoder, seen } = live();
    const liar = altered(A, { [HEADER.payload_size]: 200 }, "recomputed");
    decoder.push(join(liar, B, C.subarray(0, 30)));
    expect(seen).toEqual([]);
    decoder.expire();
    expect(seen).toEqual(["truncated_message@0", "2"]);
    decoder.push(C.subarray(30));
    expect(seen).toEqual(["truncated_message@0", "2", "3"]);
  });

  it("takes what comes late of an expired message for the same damage", () => {
    const { decoder, seen } = live();
    decoder.push(A.subarray(0, 35));
    decoder.expire();
    decoder.push(join(A.subarray(35), B));
    expect(seen).toEqual(["truncated_message@0", "2"]);
  });

  it("does nothing where nothing is pending, and gives up a mere piece of a magic", () => {
    const { decoder, seen } = live();
    decoder.expire();
    decoder.push(join(A, B.subarray(0, 2)));
    decoder.expire();
    expect(decoder.pendingOffset).toBeNull();
    decoder.expire();
    decoder.push(join(B.subarray(2), C));
    expect(seen).toEqual(["1", `truncated_message@${SIZE}`, "3"]);
  });
});

describe("checksums trusted", () => {
  const decode = (bytes: Uint8Array, cuts?: number[]) => decodeAll(bytes, cuts, { checksums: "trust" });

  it("damage within values passes where a header follows", () => {
    const { messages, faults } = decode(join(A, FLIPPED, C));
    expect(messages).toHaveLength(3);
    expect(faults).toEqual([]);
  });

  it("what has no header behind it is verified", () => {
    expect(codes(decode(join(A, FLIPPED)).faults)).toEqual([`checksum_mismatch@${SIZE}`]);
    expect(codes(decode(join(A, FLIPPED, GARBAGE, C)).faults)).toEqual([`checksum_mismatch@${SIZE}`]);
    expect(codes(decode(join(A, FLIPPED, C), [SIZE]).faults)).toEqual([`checksum_mismatch@${SIZE}`]);
  });

  it("a message that was cut within its value takes none of the next one's", () => {
    const { messages, faults } = decode(join(A, B.subarray(0, SIZE - 3), C, A));
    expect(messages).toHaveLength(3);
    expect(codes(faults)).toEqual([`checksum_mismatch@${SIZE}`]);
  });
});
