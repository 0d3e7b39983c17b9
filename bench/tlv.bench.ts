/** Codec throughput: messages a second, built with their checksum and parsed with it verified, on one thread. */
import { Recording } from "../protocol/recording/reader.ts";
import { decodeMessage, type Message } from "../protocol/tlv/decode.ts";
import { encodeMessage } from "../protocol/tlv/encode.ts";
import { messageToJson } from "../protocol/tlv/json.ts";
import { type Field, LAYOUT_BY_TYPE, OFFSET, TYPE } from "../protocol/tlv/layout.ts";
import { DOMAIN, SOURCE } from "../protocol/tlv/registry.ts";
import { StreamDecoder } from "../protocol/tlv/stream-decoder.ts";
import type { MessageView } from "../protocol/tlv/view.ts";
import { MessageWriter } from "../protocol/tlv/writer.ts";
import { type BenchTable, measureRates } from "./harness.ts";
import { MIX_NOTE, mixedMessages } from "./tlv-mix.ts";

const COUNT = 10_000;
const CHUNK_BYTES = 64 * 1024;

/** Reads what a fold would of each payload: its place, amounts and price, and the bytes that keys are made of. */
function readFields(view: MessageView): number {
  const { data } = view;
  let mix = view.timestampMs | 0;
  for (let more = view.firstTlv(); more; more = view.nextTlv()) {
    const at = view.valueStart;
    switch (view.type) {
      case TYPE.PoolSwap: {
        const swap = OFFSET.PoolSwap;
        mix ^= words4(data, at + swap.amount_in) ^ words4(data, at + swap.amount_out);
        mix ^= words4(data, at + swap.liquidity_after) ^ words4(data, at + swap.sqrt_price_x96_after);
        mix ^= words4(data, at + swap.sqrt_price_x96_after + 16) ^ words2(data, at + swap.block_number);
        mix ^= data.getInt32(at + swap.tick_after, true) ^ data.getUint16(at + swap.venue, true);
        mix ^= data.getUint8(at + swap.amount_in_decimals) ^ data.getUint8(at + swap.amount_out_decimals);
        mix ^= address(data, at + swap.pool_address) ^ address(data, at + swap.token_in_addr);
        break;
      }
      case TYPE.PoolSync: {
        const sync = OFFSET.PoolSync;
        mix ^= words4(data, at + sync.reserve0) ^ words4(data, at + sync.reserve1);
        mix ^= words2(data, at + sync.block_number) ^ data.getUint16(at + sync.venue, true);
        mix ^= address(data, at + sync.pool_address);
        break;
      }
      case TYPE.Provenance: {
        const place = OFFSET.Provenance;
        mix ^= words2(data, at + place.chain_id) ^ data.getUint32(at + place.log_index, true);
        mix ^=
          data.getUint8(at + place.reorged) ^
          hash(data, at + place.block_hash) ^
          hash(data, at + place.tx_hash);
        break;
      }
      case TYPE.Transaction: {
        const tx = OFFSET.Transaction;
        mix ^= words4(data, at + tx.max_fee_per_gas) ^ words4(data, at + tx.max_priority_fee_per_gas);
        mix ^=
          words2(data, at + tx.chain_id) ^ words2(data, at + tx.nonce) ^ words2(data, at + tx.block_number);
        mix ^= data.getUint8(at + tx.status) ^ data.getUint8(at + tx.flags);
        mix ^= hash(data, at + tx.hash) ^ address(data, at + tx.sender);
        break;
      }
      case TYPE.Trade: {
        const trade = OFFSET.Trade;
        mix ^=
          words2(data, at + trade.asset_id) ^
          words2(data, at + trade.price) ^
          words2(data, at + trade.volume);
        mix ^= view.msAt(at + trade.execution_timestamp_ns) ^ data.getUint16(at + trade.venue_id, true);
        break;
      }
      case TYPE.TradeMeta:
        mix ^= hash(data, at + OFFSET.TradeMeta.trade_id);
        break;
      default:
        throw new Error(`type ${view.type} is not of the mix`);
    }
  }
  return mix;
}

function words2(data: DataView, at: number): number {
  return data.getInt32(at, true) ^ data.getInt32(at + 4, true);
}

function words4(data: DataView, at: number): number {
  return words2(data, at) ^ words2(data, at + 8);
}

function address(data: DataView, at: number): number {
  return words4(data, at) ^ data.getInt32(at + 16, true);
}

function hash(data: DataView, at: number): number {
  return words4(data, at) ^ words4(data, at + 16);
}

/** Fields that are not pads, by type. */
const FIELDS = LAYOUT_BY_TYPE.map((layout) => layout?.fields.filter(({ isPad }) => !isPad) ?? []);

/** Builds a message field by field, from a record that holds the same values. */
function build(writer: MessageWriter, record: MessageView, checksum: "ok" | "absent"): Uint8Array {
  writer.begin(DOMAIN.market_data, SOURCE.polygon).sequence(record.start).timestampMs(record.timestampMs);
  for (let more = record.firstTlv(); more; more = record.nextTlv()) {
    const value = writer.tlv(record.type);
    for (const { offset, size } of FIELDS[record.type] as readonly Field[]) {
      const from = record.valueStart + offset;
      if (size === 1) writer.data.setUint8(value + offset, record.data.getUint8(from));
      else if (size === 2) writer.data.setUint16(value + offset, record.data.getUint16(from, true), true);
      else writer.setBytes(value + offset, record.data, from, size);
    }
  }
  return writer.finish(checksum);
}

/** Parses all of `stream` in chunks of the size that a socket or a file gives. */
function parse(stream: Uint8Array, read: (view: MessageView) => number): number {
  let mix = 0;
  const decoder = new StreamDecoder({
    onMessage: (view) => {
      mix ^= read(view);
    },
    onFault: (fault) => {
      throw new Error(`${fault.error} at ${fault.offset}`);
    },
  });
  for (let at = 0; at < stream.length; at += CHUNK_BYTES) decoder.push(stream.subarray(at, at + CHUNK_BYTES));
  decoder.end();
  return mix;
}

export async function run(): Promise<BenchTable> {
  const messages = mixedMessages(COUNT);
  const stream = concat(messages.map((message) => encodeMessage(message)));
  const unchecked = concat(messages.map((message) => encodeMessage({ ...message, checksum: "absent" })));
  const recording = new Recording(stream);
  const writer = new MessageWriter();
  const buildAll = (checksum: "ok" | "absent") => {
    let bytes = 0;
    for (let i = 0; i < COUNT; i++) bytes += build(writer, recording.message(i), checksum).length;
    return bytes;
  };
  const exact: Message[] = [];
  const lines: string[] = [];
  parse(stream, (view) => {
    exact.push(decodeMessage(view));
    return lines.push(messageToJson(view));
  });
  const plain = lines.map((line) => JSON.parse(line) as Message);

  const cases: Record<string, () => number> = {
    "parse: StreamDecoder, MessageView": () => parse(stream, readFields),
    "parse: the same, checksums absent": () => parse(unchecked, readFields),
    "parse: decodeMessage (exact objects)": () => parse(stream, (view) => decodeMessage(view).tlvs.length),
    "parse: JSON.parse of its lines": () => sum(lines, (line) => (JSON.parse(line) as Message).tlvs.length),
    "build: MessageWriter": () => buildAll("ok"),
    "build: the same, checksums absent": () => buildAll("absent"),
    "build: encodeMessage (exact objects)": () => sum(exact, (message) => encodeMessage(message).length),
    "build: JSON.stringify of its objects": () => sum(plain, (message) => JSON.stringify(message).length),
  };
  const rates = measureRates(
    Object.entries(cases).map(([name, work]) => ({ name, items: COUNT, run: work })),
  );
  const compared = (name: string) =>
    `${name.slice(0, 7)}${name.startsWith("parse") ? "JSON.parse of its lines" : "JSON.stringify of its objects"}`;
  const rows = [...rates].map(([name, rate]) => ({
    case: name,
    value: rate / 1e6,
    unit: "M msg/s",
    ratio: rate / (rates.get(compared(name)) ?? Number.NaN),
    compared_with: compared(name),
  }));
  return { title: "TLV codec", note: note(stream.length / COUNT), rows };
}

function note(averageBytes: number): string {
  return [
    `${MIX_NOTE}; ${averageBytes.toFixed(0)} bytes a message on average; ${COUNT} messages, no two alike, in chunks of 64 KiB.`,
    "Parse: frame the stream, verify each checksum, check and walk the TLVs, read what a fold reads of each payload.",
    "Build: every field written into a reused buffer, checksum computed. One thread.",
  ].join("\n");
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
}
