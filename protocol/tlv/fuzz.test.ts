/** Bytes from outside: any of them, and good streams with damage. Nothing throws, nothing hangs, no good message is lost. */
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { walkTlvs } from "./check.ts";
import { messageChecksum } from "./crc32.ts";
import { encodeMessage } from "./encode.ts";
import { messageToJson } from "./json.ts";
import { HEADER_BYTES } from "./registry.ts";
import { RereadIndex } from "./reread.ts";
import { anyMessage } from "./testing/arbitrary.ts";
import { decodeAll } from "./testing/decode-all.ts";

const MAGIC = [0xef, 0xbe, 0xad, 0xde];
const chunkings = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });

/** Noise in which headers, whole and in pieces, are frequent. */
const noise = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constant(Uint8Array.from(MAGIC)),
      fc
        .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 300 }), fc.constantFrom(0, 1))
        .map(([domain, size, checksum]) => header(domain, size, checksum)),
      anyMessage.map(encodeMessage),
      anyMessage.map((message) => encodeMessage(message).subarray(0, 50)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

function header(domain: number, size: number, checksum: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set([...MAGIC, domain, 1, 4]);
  const data = new DataView(bytes.buffer);
  data.setUint32(24, size, true);
  data.setUint32(28, checksum, true);
  return bytes;
}

describe("any bytes", () => {
  it("have one outcome, however they are cut into chunks", () => {
    fc.assert(
      fc.property(noise, chunkings, (bytes, cuts) => {
        const whole = decodeAll(bytes);
        expect(decodeAll(bytes, cuts)).toEqual(whole);
        expect(decodeAll(bytes, [1])).toEqual(whole);
        for (const fault of whole.faults) expect(fault.offset).toBeLessThan(bytes.length);
      }),
      { numRuns: 300 },
    );
  });

  it("are either messages, in order and apart, or behind a fault", () => {
    fc.assert(
      fc.property(noise, (bytes) => {
        const { messages, offsets, faults } = decodeAll(bytes);
        let end = 0;
        for (const [index, offset] of offsets.entries()) {
          const between = faults.some((fault) => fault.offset >= end && fault.offset < offset);
          expect(offset === end || (offset > end && between)).toBe(true);
          end = offset + (messages[index] as string).length / 2;
        }
        expect(end === bytes.length || faults.some((fault) => fault.offset >= end)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("that are messages have a line each", () => {
    fc.assert(
      fc.property(noise, (bytes) => {
        decodeAll(bytes, undefined, {
          onMessage: (view) => expect(JSON.parse(messageToJson(view))).toBeTypeOf("object"),
        });
      }),
    );
  });
});

describe("a good stream with damage", () => {
  const checked = anyMessage.map((message) => encodeMessage({ ...message, checksum: "ok" }));
  const streams = fc.array(checked, { minLength: 1, maxLength: 12 });

  it("loses only the damaged messages, with at most a fault each, when bits in them flip", () => {
    let damagedRuns = 0;
    const damage = fc.array(
      fc.record({ message: fc.nat(11), at: fc.double({ min: 0, max: 0.999, noNaN: true }), bit: fc.nat(7) }),
      {
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(streams, damage, chunkings, (messages, flips, cuts) => {
        const parts = messages.map((message) => message.slice());
        const damaged = new Set<number>();
        for (const { message, at, bit } of flips) {
          const part = parts[message];
          // The magic aside: without it the bytes are garbage, and two such neighbours one run of it.
          if (part === undefined || damaged.has(message)) continue;
          const position = 4 + Math.floor(at * (part.length - 4));
          part[position] = (part[position] as number) ^ (1 << bit);
          damaged.add(message);
        }
        if (damaged.size > 0) damagedRuns++;
        const outcome = decodeAll(new Uint8Array(Buffer.concat(parts)), cuts);
        const good = messages.filter((_, index) => !damaged.has(index));
        expect(outcome.messages).toEqual(good.map((message) => Buffer.from(message).toString("hex")));
        expect(outcome.faults.length).toBeLessThanOrEqual(damaged.size);
        expect(outcome.faults.length > 0).toBe(damaged.size > 0);
      }),
      { numRuns: 300 },
    );
    expect(damagedRuns).toBeGreaterThan(100);
  });

  it("loses nothing but what was cut out or written over", () => {
    const splice = fc.record({
      at: fc.nat(3000),
      remove: fc.nat(80),
      insert: fc.uint8Array({ maxLength: 60 }),
    });
    // Without zeros in its header a good message cannot complete a cut one to a keep-alive without a checksum.
    const solid = anyMessage.map((message) =>
      encodeMessage({ ...message, checksum: "ok", sequence: 2n ** 64n - 1n, timestamp_ns: 2n ** 64n - 1n }),
    );
    fc.assert(
      fc.property(
        fc.array(solid, { minLength: 1, maxLength: 12 }),
        splice,
        chunkings,
        (messages, { at, remove, insert }, cuts) => {
          const bytes = Buffer.concat(messages);
          const from = at % bytes.length;
          const to = Math.min(bytes.length, from + remove);
          const outcome = decodeAll(
            new Uint8Array(Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(to)])),
            cuts,
          );
          let start = 0;
          const untouched = messages.filter((message) => {
            const end = start + message.length;
            const whole = end <= from || start >= to;
            start = end;
            return whole;
          });
          const found = new Set(outcome.messages);
          for (const message of untouched) expect(found).toContain(Buffer.from(message).toString("hex"));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Each of these took minutes where a span is read anew for every header that claims it; the test's time limit is the guard. */
describe("work grows with the bytes, also on", () => {
  const SIZE = 4 * 1024 * 1024;
  const CLAIM = 1024 * 1024;

  it("headers side by side that all claim a megabyte and a checksum", () => {
    const one = header(1, CLAIM - HEADER_BYTES, 1);
    const bytes = new Uint8Array(SIZE);
    for (let at = 0; at < SIZE; at += HEADER_BYTES) bytes.set(one, at);
    const { messages, faults } = decodeAll(bytes, [65_536]);
    expect(messages).toHaveLength(0);
    expect(faults.length).toBeGreaterThan(0);
  });

  it("headers without a checksum over the same long run of empty TLVs", () => {
    const size = 16 * 1024 * 1024;
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 2) bytes[at] = 230;
    for (let at = 0; at < 65_000; at += 38) {
      bytes.set(header(1, size - at - HEADER_BYTES - 1, 0), at);
      // Over the headers that follow, to the run of empty TLVs.
      bytes.set([255, 0, 230, 0xfd, 0xff], at + HEADER_BYTES);
    }
    const { faults } = decodeAll(bytes, [65_536], { maxPayloadBytes: size });
    expect(faults[0]?.error).toBe("truncated_tlv");
  });

  it("messages nested in each other, each with a checksum that holds and damage at its end", () => {
    const bytes = new Uint8Array(CLAIM);
    for (let at = 0; at < CLAIM; at += 2) bytes[at] = 230;
    bytes[CLAIM - 2] = 150;
    const data = new DataView(bytes.buffer);
    const count = 1000;
    for (let level = count - 1; level >= 0; level--) {
      const at = level * 34;
      bytes.set(header(1, CLAIM - at - HEADER_BYTES, 0), at);
      data.setUint32(at + 28, messageChecksum(data, at, CLAIM), true);
    }
    const { faults } = decodeAll(bytes, [65_536]);
    expect(faults).toHaveLength(count);
    expect(new Set(faults.map(({ error }) => error))).toEqual(new Set(["domain_violation"]));
  });

  it("first bytes of a magic, and magics alone", () => {
    expect(decodeAll(new Uint8Array(SIZE).fill(0xef), [65_536]).faults).toHaveLength(1);
    const magics = new Uint8Array(SIZE);
    for (let at = 0; at < SIZE; at += 4) magics.set(MAGIC, at);
    expect(decodeAll(magics, [65_536]).faults).toHaveLength(1);
  });

  it("a long message that comes byte by byte", () => {
    const tlvs = Array.from({ length: 4 }, () => ({
      name: "Unknown" as const,
      type: 230,
      bytes: `0x${"ab".repeat(65_535)}`,
    }));
    const bytes = encodeMessage({ domain: "system", source: 1, sequence: 1n, timestamp_ns: 1n, tlvs });
    expect(decodeAll(bytes, [1]).messages).toHaveLength(1);
  });
});

describe("RereadIndex", () => {
  it("answers as the direct checks do, on spans that overlap", () => {
    const length = 60_000;
    const bytes = Uint8Array.from({ length }, (_, i) => (i % 2 === 0 ? 230 : (i >> 9) % 5));
    const data = new DataView(bytes.buffer);
    const span = fc.record({ start: fc.nat(40_000), size: fc.integer({ min: 4096, max: 20_000 }) });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 20 }), fc.nat(1_000_000), (spans, origin) => {
        const index = new RereadIndex();
        for (const { start, size } of spans.toSorted((a, b) => a.start - b.start)) {
          const end = Math.min(length, start + size);
          expect(index.messageChecksum(data, origin, start, end)).toBe(messageChecksum(data, start, end));
          for (const domain of [1, 2, 4]) {
            const direct = walkTlvs(bytes, start, end, domain);
            expect(index.walkTlvs(bytes, origin, start, end, domain)).toBe(direct);
          }
        }
      }),
    );
  });
});
