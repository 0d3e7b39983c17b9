/** Manifest, reader, summary and laps of recordings. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage, type Message } from "../tlv/decode.ts";
import { encodeMessage, type MessageInit, type TlvInit } from "../tlv/encode.ts";
import { LAYOUT_LIST } from "../tlv/layout.ts";
import { TX_FLAG, TX_STATUS } from "../tlv/registry.ts";
import { anyMessage } from "../tlv/testing/arbitrary.ts";
import { decodeAll } from "../tlv/testing/decode-all.ts";
import { LapShift, measureLap } from "./lap.ts";
import { parseManifest } from "./manifest.ts";
import { Recording, readRecording } from "./reader.ts";
import { RecordingSummary } from "./summary.ts";

const T0 = 1_756_101_000_000;

function at(ms: number, sequence: number, ...tlvs: TlvInit[]): MessageInit {
  const domain = tlvs[0]?.name === "Tick" || tlvs.length === 0 ? "system" : "market_data";
  return { domain, source: 4, sequence: BigInt(sequence), timestamp_ns: BigInt(ms) * 1_000_000n, tlvs };
}

const tick = (ms: number): TlvInit => ({ name: "Tick", unix_ms: BigInt(ms) });

function transaction(hash: string, nonce: bigint, block: bigint): TlvInit {
  return {
    name: "Transaction",
    value: 0n,
    gas_price: 0n,
    max_fee_per_gas: 5n,
    max_priority_fee_per_gas: 1n,
    chain_id: 137n,
    nonce,
    gas_limit: 21_000n,
    block_number: block,
    calldata_length: 0,
    tx_type: 2,
    status: block === 0n ? TX_STATUS.pending : TX_STATUS.included,
    flags: TX_FLAG.max_fee | (block === 0n ? 0 : TX_FLAG.block_number),
    method_selector: "0x00000000",
    inner_selectors: `0x${"00".repeat(16)}`,
    hash: `0x${hash.repeat(32)}`,
    sender: `0x${"11".repeat(20)}`,
    to: `0x${"00".repeat(20)}`,
  };
}

function head(block: bigint, seconds: bigint): TlvInit {
  return {
    name: "ChainHead",
    base_fee: 1n,
    chain_id: 137n,
    block_number: block,
    block_timestamp: seconds,
    gas_used: 1n,
    gas_limit: 2n,
    tx_count: 1,
    flags: 1,
    block_hash: `0x${"ab".repeat(32)}`,
    parent_hash: `0x${"00".repeat(32)}`,
  };
}

const SECONDS = BigInt(T0 / 1000);
const MESSAGES: MessageInit[] = [
  at(T0, 10, tick(T0)),
  at(T0 + 1, 11, transaction("aa", 3n, 0n)),
  at(T0 + 900, 12, transaction("aa", 3n, 70n)),
  at(T0 + 901, 13, head(70n, SECONDS)),
  at(T0 + 1000, 14, tick(T0 + 1000)),
  at(T0 + 1500, 15, transaction("bb", 4n, 0n)),
  at(T0 + 1900, 16, head(71n, SECONDS + 1n)),
];
const BYTES = new Uint8Array(Buffer.concat(MESSAGES.map(encodeMessage)));

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let from = 0; from < bytes.length; from += 100) yield bytes.subarray(from, from + 100);
}

const SECTION = {
  chain_id: 5,
  name: "Local chain",
  native_symbol: "ETH",
  block_ms: 2_000,
  wrapped_native: `0x${"11".repeat(20)}`,
  stables: [],
  tokens: {},
  protocols: {},
};

describe("parseManifest", () => {
  const manifest = {
    title: "Lab",
    shows: "Ten minutes of a dozen pools",
    chain_id: 31337,
    from_unix_ms: T0,
    to_unix_ms: T0 + 1,
    messages: { PoolSwap: 3 },
    sha256: "0".repeat(64),
  };

  it("gives a good one back", () => {
    expect(parseManifest(JSON.stringify(manifest))).toEqual(manifest);
    const withChains = { ...manifest, chains: [SECTION] };
    expect(parseManifest(JSON.stringify(withChains))).toEqual(withChains);
  });

  it.each([
    ["title", { title: "" }],
    ["chain_id", { chain_id: "1" }],
    ["from_unix_ms", { from_unix_ms: -1 }],
    ["to_unix_ms", { to_unix_ms: T0 - 1 }],
    ["messages.PoolSwap", { messages: { PoolSwap: 1.5 } }],
    ["sha256", { sha256: "xyz" }],
    ["shows", { shows: undefined }],
    ["extra", { extra: 1 }],
    ["chains.0.chain_id", { chains: [{ ...SECTION, chain_id: "1" }] }],
    ["chains.1.chain_id: 5 was there already", { chains: [SECTION, SECTION] }],
  ])("names the field %s that is wrong", (field, change) => {
    expect(() => parseManifest(JSON.stringify({ ...manifest, ...change }))).toThrow(`manifest: `);
    expect(() => parseManifest(JSON.stringify({ ...manifest, ...change }))).toThrow(field);
  });

  it("refuses what is not JSON or not an object", () => {
    expect(() => parseManifest("{")).toThrow("manifest: not JSON");
    expect(() => parseManifest("[]")).toThrow("manifest: ");
  });
});

describe("reading", () => {
  it("decodes plain and packed chunks alike, to the end", async () => {
    for (const file of [BYTES, new Uint8Array(gzipSync(BYTES))]) {
      const names: string[] = [];
      await readRecording(chunksOf(file), {
        onMessage: (view) => names.push(decodeMessage(view).tlvs[0]?.name ?? ""),
        onFault: (fault) => names.push(fault.error),
      });
      expect(names).toEqual(MESSAGES.map(({ tlvs }) => tlvs[0]?.name));
    }
    const faults: string[] = [];
    const handlers = {
      onMessage: () => undefined,
      onFault: ({ error }: { error: string }) => faults.push(error),
    };
    await readRecording(chunksOf(BYTES.subarray(0, -1)), handlers);
    expect(faults).toEqual(["truncated_message"]);
  });

  it("indexes messages by their place in the file, also behind damage at its end", () => {
    const liar = encodeMessage(at(T0, 1, tick(T0)));
    liar[24] = 200;
    const recording = new Recording(new Uint8Array(Buffer.concat([BYTES, liar, BYTES.subarray(0, 42)])));
    expect(recording.count).toBe(MESSAGES.length + 1);
    expect(recording.faultCount).toBe(1);
    expect(recording.message(0).sequence).toBe(10n);
    expect(recording.message(MESSAGES.length).start).toBe(BYTES.length + liar.length);
    expect(() => recording.message(recording.count)).toThrow("message 8 of 8");
  });

  it("keeps the first hundred faults and counts the rest", () => {
    const one = new Uint8Array(Buffer.concat([Buffer.from("garbage"), encodeMessage(at(T0, 1, tick(T0)))]));
    const recording = new Recording(new Uint8Array(Buffer.concat(Array.from({ length: 150 }, () => one))));
    expect([recording.faults.length, recording.faultCount, recording.count]).toEqual([100, 150, 150]);
  });

  it("sums up what it holds, and when", () => {
    const summary = new RecordingSummary();
    const recording = new Recording(BYTES);
    expect(summary.times).toBeNull();
    for (let i = 0; i < recording.count; i++) summary.add(recording.message(i));
    expect(summary.messages).toEqual({ Tick: 2, Transaction: 3, ChainHead: 2 });
    expect(summary.times).toEqual({ from_unix_ms: T0, to_unix_ms: T0 + 1000 });
    const headers = new RecordingSummary();
    decodeAll(encodeMessage(at(T0 + 5, 1)), undefined, { onMessage: (view) => headers.add(view) });
    expect(headers.times).toEqual({ from_unix_ms: T0 + 5, to_unix_ms: T0 + 5 });
    expect(headers.messages).toEqual({ KeepAlive: 1 });
  });
});

describe("laps", () => {
  const recording = new Recording(BYTES);
  const spans = measureLap(recording);

  function lap(number: number): Message[] {
    const shift = new LapShift(number, spans);
    const messages: Message[] = [];
    for (let i = 0; i < recording.count; i++) {
      const { bytes, start, end } = recording.message(i);
      const copy = bytes.slice(start, end);
      shift.apply(copy);
      const outcome = decodeAll(copy, undefined, { onMessage: (view) => messages.push(decodeMessage(view)) });
      expect(outcome.faults).toEqual([]);
    }
    return messages;
  }

  it("measures from the first to one past the last", () => {
    expect(spans).toEqual({ seconds: 2n, blocks: 3n, sequences: 7n, nonces: 2n, signals: 0n });
  });

  it("takes its length from the clock, and from blocks only as far as they may be ahead of it", () => {
    const secondsWith = (seconds: bigint) => {
      const bytes = [...MESSAGES, at(T0 + 1950, 17, head(72n, seconds))].map(encodeMessage);
      return measureLap(new Recording(new Uint8Array(Buffer.concat(bytes)))).seconds;
    };
    expect(secondsWith(SECONDS - 1000n)).toBe(2n);
    expect(secondsWith(SECONDS + 3n)).toBe(4n);
    expect(secondsWith(SECONDS + 1000n)).toBe(7n);
    expect(measureLap(new Recording(new Uint8Array(0))).seconds).toBe(0n);
  });

  it("lap 0 is the recording itself", () => {
    expect(lap(0).map(({ sequence }) => sequence)).toEqual(MESSAGES.map(({ sequence }) => sequence));
    const copy = BYTES.slice(0, recording.ends[0]);
    new LapShift(0, spans).apply(copy);
    expect(copy).toEqual(BYTES.slice(0, recording.ends[0]));
  });

  it("lap 2 goes on where lap 1 ended, with other hashes and nonces", () => {
    const [first, pending, included, block] = lap(2);
    expect(first).toMatchObject({ sequence: 24n, timestamp_ns: BigInt(T0 + 4000) * 1_000_000n });
    expect(first?.tlvs[0]).toMatchObject({ unix_ms: BigInt(T0 + 4000) });
    const hash = `0x${"aa".repeat(31)}a8`;
    expect(pending?.tlvs[0]).toMatchObject({ hash, nonce: 7n, block_number: 0n });
    expect(included?.tlvs[0]).toMatchObject({ hash, nonce: 7n, block_number: 76n });
    expect(block?.tlvs[0]).toMatchObject({
      block_number: 76n,
      block_timestamp: SECONDS + 4n,
      block_hash: `0x${"ab".repeat(31)}a9`,
      parent_hash: `0x${"00".repeat(32)}`,
    });
  });

  it("laps have no hash, nonce of a sender, block or sequence in common, and time only goes on", () => {
    const seen = new Set<string>();
    let last = 0n;
    for (const number of [0, 1, 2, 3, 255, 256]) {
      const keys = new Set<string>();
      for (const message of lap(number)) {
        expect(message.timestamp_ns).toBeGreaterThan(last);
        last = message.timestamp_ns;
        keys.add(`sequence ${message.sequence}`);
        const tlv = message.tlvs[0];
        if (tlv?.name === "Transaction") keys.add(`nonce ${tlv.nonce}`).add(`hash ${tlv.hash}`);
        if (tlv?.name === "ChainHead")
          keys.add(`block ${tlv.block_number}`).add(`head ${number} ${tlv.block_hash}`);
      }
      for (const key of keys) expect(seen).not.toContain(key);
      for (const key of keys) seen.add(key);
    }
    expect(seen.size).toBeGreaterThan(60);
  });

  it("gives trades new ids", () => {
    const trade = (id: string) => {
      const bytes = encodeMessage({
        ...at(T0, 1),
        tlvs: [
          {
            name: "TradeMeta",
            tape: 1,
            condition_count: 0,
            conditions: `0x${"00".repeat(16)}`,
            producer_id: `0x${"00".repeat(16)}`,
            trade_id: id,
          },
        ],
      });
      new LapShift(12, spans).apply(bytes);
      let shifted = "";
      decodeAll(bytes, undefined, {
        onMessage: (view) => {
          const tlv = decodeMessage(view).tlvs[0];
          if (tlv?.name === "TradeMeta") shifted = tlv.trade_id;
        },
      });
      return shifted;
    };
    expect(trade("640850")).toBe("640850#12");
    expect(trade("x".repeat(32))).toBe(`${"x".repeat(29)}#12`);
    expect(trade("")).toBe("");
  });

  it("keeps every message valid, of its length, and its checksum absent where it was", () => {
    fc.assert(
      fc.property(anyMessage, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (init, number) => {
        const bytes = encodeMessage(init);
        new LapShift(number, { seconds: 600n, blocks: 300n, sequences: 9n, nonces: 40n, signals: 3n }).apply(
          bytes,
        );
        const decoded: Message[] = [];
        const { faults } = decodeAll(bytes, undefined, {
          onMessage: (view) => decoded.push(decodeMessage(view)),
        });
        expect(faults).toEqual([]);
        expect(decoded[0]?.checksum).toBe(init.checksum);
        expect(decoded[0]?.sequence).toBe((init.sequence + BigInt(number) * 9n) % 2n ** 64n);
      }),
    );
  });

  it("knows every field that is a hash, a block, a time or a nonce by its name", () => {
    const changed = new Set<string>();
    const patterns = /hash|block|nonce|timestamp|unix|valid_until|trace_id|trade_id|signal_id/;
    for (const layout of LAYOUT_LIST) {
      const one = { seconds: 1n, blocks: 1n, sequences: 0n, nonces: 1n, signals: 1n };
      const bytes = encodeMessage({
        ...at(0, 0),
        domain: layout.type === 32 ? "signal" : layout.type >= 100 ? "system" : "market_data",
        tlvs: [{ name: "Unknown", type: layout.type, bytes: `0x${"41".repeat(layout.size)}` }],
      });
      new LapShift(1, one).apply(bytes);
      const value = bytes.subarray(bytes.length - layout.size);
      for (const { name, offset, size, isPad } of layout.fields) {
        const isChanged = value.subarray(offset, offset + size).some((byte) => byte !== 0x41);
        if (isChanged) changed.add(name);
        // A new field whose name says that it is one of these needs a role.
        if (!isPad) expect([layout.name, name, isChanged]).toEqual([layout.name, name, patterns.test(name)]);
      }
    }
    expect(changed.size).toBeGreaterThan(15);
  });
});
