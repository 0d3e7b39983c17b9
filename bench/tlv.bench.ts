/** Codec throughput: messages a second, built with their checksum and parsed with it verified, on one thread. */
import { Recording } from "../protocol/recording/reader.ts";
import { decodeMessage, type Message } from "../protocol/tlv/decode.ts";
import { encodeMessage } from "../protocol/tlv/encode.ts";
import { messageToJson } from "../protocol/tlv/json.ts";
import { StreamDecoder } from "../protocol/tlv/stream-decoder.ts";
import type { MessageView } from "../protocol/tlv/view.ts";
import { MessageWriter } from "../protocol/tlv/writer.ts";
import { type BenchTable, measureRates } from "./harness.ts";
import { MIX_NOTE, mixedMessages } from "./tlv-mix.ts";
import { buildMessage, readFields } from "./tlv-work.ts";

const COUNT = 10_000;
const CHUNK_BYTES = 64 * 1024;

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
    for (let i = 0; i < COUNT; i++) bytes += buildMessage(writer, recording.message(i), checksum).length;
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
    "Build: each field written by name into a reused buffer, checksum computed. One thread.",
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
