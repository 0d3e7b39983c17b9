/** Codec throughput: messages a second, built with their checksum and parsed with it verified, on one thread. */
import { crc32 as zlibCrc32 } from "node:zlib";
import { Recording } from "../protocol/recording/reader.ts";
import { messageChecksum } from "../protocol/tlv/crc32.ts";
import { decodeMessage, type Message } from "../protocol/tlv/decode.ts";
import { encodeMessage } from "../protocol/tlv/encode.ts";
import { messageToJson } from "../protocol/tlv/json.ts";
import { verifyRun } from "../protocol/tlv/run-check.ts";
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

  // Of each group, the last case is what the others are compared with.
  const groups: Record<string, Record<string, () => number>> = {
    parse: {
      "StreamDecoder, MessageView": () => parse(stream, readFields),
      "the same, checksums absent": () => parse(unchecked, readFields),
      "decodeMessage (exact objects)": () => parse(stream, (view) => decodeMessage(view).tlvs.length),
      "JSON.parse of its lines": () => sum(lines, (line) => (JSON.parse(line) as Message).tlvs.length),
    },
    build: {
      MessageWriter: () => buildAll("ok"),
      "the same, checksums absent": () => buildAll("absent"),
      "encodeMessage (exact objects)": () => sum(exact, (message) => encodeMessage(message).length),
      "JSON.stringify of its objects": () => sum(plain, (message) => JSON.stringify(message).length),
    },
    "checksums alone": checksums(recording),
  };
  const cases = Object.entries(groups).flatMap(([group, works]) =>
    Object.entries(works).map(([name, work]) => ({ name: `${group}: ${name}`, items: COUNT, run: work })),
  );
  const rates = measureRates(cases);
  const rows = Object.entries(groups).flatMap(([group, works]) => {
    const names = Object.keys(works).map((name) => `${group}: ${name}`);
    const base = names.at(-1) ?? "";
    return names.map((name) => {
      const rate = rates.get(name) ?? Number.NaN;
      const comparison =
        name === base ? {} : { ratio: rate / (rates.get(base) ?? Number.NaN), compared_with: base };
      return { case: name, value: rate / 1e6, unit: "M msg/s", ...comparison };
    });
  });
  return { title: "TLV codec", note: note(stream.length / COUNT), rows };
}

/** Three ways to the same checksums: the decoder's in Node, in a page, and the obvious one. */
function checksums({ bytes, starts, ends }: Recording): Record<string, () => number> {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const eachMessage = (checksum: (start: number, end: number) => number) => {
    let mix = 0;
    for (let i = 0; i < starts.length; i++) mix ^= checksum(starts[i] ?? 0, ends[i] ?? 0);
    return mix;
  };
  return {
    "runs of messages, node:zlib": () => {
      let at = 0;
      // The last run may be too short to be tried.
      while (at >= 0 && at < bytes.length) at = verifyRun(bytes, data, at);
      return at;
    },
    "a message at a time, tables": () => eachMessage((start, end) => messageChecksum(data, start, end)),
    "a message at a time, node:zlib": () =>
      eachMessage((start, end) =>
        zlibCrc32(bytes.subarray(start + 32, end), zlibCrc32(bytes.subarray(start, start + 28))),
      ),
  };
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
