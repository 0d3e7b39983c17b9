/** The codec's other faces: the view, the writer, canonical encoding and the NDJSON form's errors. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeMessage, type MessageInit, type TlvInit } from "./encode.ts";
import { messageFromJson, messageToJson } from "./json.ts";
import { OFFSET, SIZE, TYPE } from "./layout.ts";
import { DOMAIN } from "./registry.ts";
import { decodeAll } from "./testing/decode-all.ts";
import { MessageView } from "./view.ts";
import { MessageWriter } from "./writer.ts";

const TOKEN: TlvInit = {
  name: "TokenInfo",
  chain_id: 137n,
  decimals: 6,
  stable: 1,
  address: `0x${"ab".repeat(20)}`,
  symbol: "USDC",
  token_name: "USD Coin",
};

function message(more: Partial<MessageInit> = {}): MessageInit {
  return {
    domain: "system",
    source: 60,
    sequence: 5n,
    timestamp_ns: 6n,
    tlvs: [{ name: "Tick", unix_ms: 7n }],
    ...more,
  };
}

function viewOf(bytes: Uint8Array): MessageView {
  return new MessageView().attach(bytes).seek(0, bytes.length);
}

function lineOf(bytes: Uint8Array): Record<string, unknown> {
  const lines: string[] = [];
  const { faults } = decodeAll(bytes, undefined, { onMessage: (view) => lines.push(messageToJson(view)) });
  expect(faults).toEqual([]);
  return JSON.parse(lines[0] ?? "") as Record<string, unknown>;
}

describe("MessageView", () => {
  it("gives the time in ms exactly for every u64 of ns", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (ns) => {
        expect(viewOf(encodeMessage(message({ timestamp_ns: ns }))).timestampMs).toBe(
          Number(ns / 1_000_000n),
        );
      }),
    );
  });

  it("walks TLVs, short and extended, and starts again", () => {
    const long = `0x${"01".repeat(256)}`;
    const bytes = encodeMessage(
      message({
        tlvs: [
          { name: "Tick", unix_ms: 7n },
          { name: "Unknown", type: 230, bytes: long },
        ],
      }),
    );
    const view = viewOf(bytes);
    for (let turn = 0; turn < 2; turn++) {
      expect([view.firstTlv(), view.type, view.valueStart, view.valueLength]).toEqual([
        true,
        TYPE.Tick,
        34,
        8,
      ]);
      expect([view.nextTlv(), view.type, view.valueStart, view.valueLength]).toEqual([true, 230, 47, 256]);
      expect(view.nextTlv()).toBe(false);
    }
    expect(viewOf(encodeMessage(message({ tlvs: [] }))).firstTlv()).toBe(false);
  });
});

describe("MessageWriter", () => {
  it("writes what encodeMessage writes", () => {
    const writer = new MessageWriter();
    writer
      .begin(DOMAIN.system, 60, 3)
      .sequence(2n ** 64n - 1n)
      .timestampMs(1_756_101_046_320);
    const value = writer.tlv(TYPE.Tick);
    writer.setNumber(value + OFFSET.Tick.unix_ms, 2 ** 53 - 1);
    const expected = message({
      flags: 3,
      sequence: 2n ** 64n - 1n,
      timestamp_ns: 1_756_101_046_320_000_000n,
      tlvs: [{ name: "Tick", unix_ms: 2n ** 53n - 1n }],
    });
    expect(writer.finish()).toEqual(encodeMessage(expected));
    expect(writer.begin(DOMAIN.system, 60).finish("absent")).toEqual(
      encodeMessage(message({ sequence: 0n, timestamp_ns: 0n, tlvs: [], checksum: "absent" })),
    );
  });

  it("makes ns of every whole ms exactly", () => {
    const writer = new MessageWriter();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 18_446_744_073_709 }), (ms) => {
        const view = viewOf(writer.begin(DOMAIN.system, 1).timestampMs(ms).finish());
        expect(view.timestampNs).toBe(BigInt(ms) * 1_000_000n);
      }),
    );
  });

  it("gives zeroed values after longer messages, and grows up to the limit", () => {
    const writer = new MessageWriter();
    writer.begin(DOMAIN.system, 1);
    for (let i = 0; i < 15; i++) writer.bytes.fill(0xff, writer.tlv(230, 65_535));
    expect(writer.finish().length).toBe(32 + 15 * 65_540);
    const value = writer.begin(DOMAIN.system, 1).tlv(TYPE.TokenInfo);
    expect(writer.bytes.subarray(value, value + SIZE.TokenInfo).every((byte) => byte === 0)).toBe(true);
    expect(() => {
      for (let i = 0; i < 20; i++) writer.tlv(230, 65_535);
    }).toThrow("is over 1048576");
    expect(() => writer.begin(DOMAIN.system, 1).tlv(230)).toThrow("type 230: size undefined");
  });
});

describe("encodeMessage", () => {
  const withToken = (field: string, value: unknown) => message({ tlvs: [{ ...TOKEN, [field]: value }] });

  it.each([
    ["source", message({ source: 256 }), "source: 256 is not in 0..255"],
    ["flags", message({ flags: -1 }), "flags: -1 is not in 0..255"],
    [
      "sequence",
      message({ sequence: 2n ** 64n }),
      "sequence: 18446744073709551616 is not a bigint in 0..2^64 - 1",
    ],
    [
      "u64",
      message({ tlvs: [{ name: "Tick", unix_ms: -1n }] }),
      "tlvs[0].unix_ms: -1 is not in 0..18446744073709551615",
    ],
    [
      "missing",
      message({ tlvs: [{ name: "Tick" } as never] }),
      "tlvs[0].unix_ms: expected a bigint, got undefined",
    ],
    ["u8", withToken("decimals", 256), "tlvs[0].decimals: 256 is not in 0..255"],
    ["fraction", withToken("decimals", 1.5), "tlvs[0].decimals: expected an integer, got 1.5"],
    ["address", withToken("address", "0x12"), 'tlvs[0].address: expected 0x and 40 hex digits, got "0x12"'],
    ["hex", withToken("address", `0x${"zz".repeat(20)}`), "tlvs[0].address: expected 0x and 40 hex digits"],
    ["text", withToken("symbol", "x".repeat(33)), "tlvs[0].symbol: text of 33 bytes is over 32"],
    ["surrogate", withToken("symbol", "\ud800"), "tlvs[0].symbol: text has half a surrogate pair"],
    ["zero at the end", withToken("symbol", "a\0"), "tlvs[0].symbol: text may not end in a zero byte"],
    ["name", message({ tlvs: [{ name: "Nope" } as never] }), 'tlvs[0].name: "Nope" is no type\'s name'],
    ["domain", message({ domain: "signal" }), "tlvs: TLV of type 217 at byte 0 of the payload: may not open"],
    ["size", message({ tlvs: [{ name: "Unknown", type: 217, bytes: "0x00" }] }), "1 bytes, not 8"],
  ])("names the field that is wrong: %s", (_name, init, error) => {
    expect(() => encodeMessage(init)).toThrow(RangeError);
    expect(() => encodeMessage(init)).toThrow(error);
  });

  it("uses the extended form only for values over 255 bytes", () => {
    const sizes = [255, 256].map((size) => {
      const bytes = `0x${"00".repeat(size)}`;
      return encodeMessage(message({ tlvs: [{ name: "Unknown", type: 230, bytes }] })).length - 32 - size;
    });
    expect(sizes).toEqual([2, 5]);
  });
});

describe("raw", () => {
  const canonical = encodeMessage(message({ checksum: "absent" }));

  it("is absent where the canonical encoding gives the bytes", () => {
    expect(lineOf(canonical)).not.toHaveProperty("raw");
  });

  it.each<[string, () => Uint8Array]>([
    [
      "a short value in the extended form",
      () => {
        const bytes = new Uint8Array(canonical.length + 3);
        bytes.set(canonical.subarray(0, 32));
        bytes.set([255, 0, TYPE.Tick, 8, 0], 32);
        bytes.set(canonical.subarray(34), 37);
        bytes[24] = 13;
        return bytes;
      },
    ],
    [
      "a pad that is not zero",
      () => {
        const bytes = encodeMessage({ ...trade, checksum: "absent" });
        bytes[bytes.length - 1] = 1;
        return bytes;
      },
    ],
    [
      "an address with a tail",
      () => {
        const bytes = encodeMessage(message({ checksum: "absent", tlvs: [TOKEN] }));
        bytes[34 + OFFSET.TokenInfo.address + 31] = 1;
        return bytes;
      },
    ],
    [
      "text that is not UTF-8, so much that its replacement would not fit",
      () => {
        const bytes = encodeMessage(message({ checksum: "absent", tlvs: [TOKEN] }));
        bytes.fill(0xff, 34 + OFFSET.TokenInfo.symbol, 34 + OFFSET.TokenInfo.symbol + 32);
        return bytes;
      },
    ],
  ])("holds the bytes of %s", (_, make) => {
    const bytes = make();
    const line = lineOf(bytes);
    expect(line.raw).toBe(`0x${Buffer.from(bytes).toString("hex")}`);
    expect(messageFromJson(JSON.stringify(line))).toEqual(bytes);
  });

  const trade: MessageInit = message({
    domain: "market_data",
    tlvs: [
      {
        name: "Trade",
        asset_id: 1n,
        price: 2n,
        volume: 3n,
        execution_timestamp_ns: 4n,
        venue_id: 5,
        asset_type: 1,
        reserved: 0,
        side: 0,
      },
    ],
  });
});

describe("messageFromJson", () => {
  const good = lineOf(encodeMessage(message()));
  const line = (more: Record<string, unknown>) => JSON.stringify({ ...good, ...more });
  const tick = (more: Record<string, unknown>) =>
    line({ tlvs: [{ type: 217, name: "Tick", unix_ms: "7", ...more }] });

  it.each([
    ["{", "not JSON: "],
    ["[]", "message: expected an object, got object"],
    ["null", "message: expected an object, got null"],
    [line({ version: 2 }), "version: expected 1, got 2"],
    [
      line({ domain: "market" }),
      'domain: expected one of market_data, signal, execution, system, got "market"',
    ],
    [line({ checksum: "bad" }), 'checksum: expected ok or absent, got "bad"'],
    [line({ source: "4" }), 'source: "4" is not in 0..255'],
    [line({ sequence: 5 }), "sequence: expected a decimal string, got 5"],
    [line({ timestamp_ns: "1e3" }), 'timestamp_ns: expected a decimal string, got "1e3"'],
    [line({ timestamp_ns: "-1" }), "timestamp_ns: -1 is not a bigint"],
    [line({ tlvs: {} }), "tlvs: expected an array"],
    [line({ tlvs: [null] }), "tlvs[0]: expected an object, got null"],
    [tick({ name: "Tock" }), 'tlvs[0].name: expected a type\'s name, got "Tock"'],
    [tick({ type: 218 }), "tlvs[0].type: expected 217, as Tick is, got 218"],
    [tick({ unix_ms: 7 }), "tlvs[0].unix_ms: expected a decimal string, got 7"],
    [line({ tlvs: [{ name: "Unknown", type: 230, bytes: 5 }] }), "tlvs[0].bytes: expected 0x"],
    [line({ tlvs: [{ name: "Unknown", type: "230", bytes: "0x" }] }), 'tlvs[0].type: "230" is not in 0..255'],
    [line({ raw: "0x0g" }), 'raw: expected 0x and hex digits, got "0x0g"'],
    [line({ raw: "0x00" }), "raw: invalid_magic at byte 0"],
    [
      line({ raw: `0x${Buffer.from(encodeMessage(message())).toString("hex").repeat(2)}` }),
      "raw: expected one message",
    ],
    [line({ raw: "0x" }), "raw: expected one message"],
  ])("says what is wrong with %$: %s", (text, error) => {
    expect(() => messageFromJson(text)).toThrow(RangeError);
    expect(() => messageFromJson(text)).toThrow(error);
  });
});
