/** Reads a recording: as a stream, or whole with an index to seek by. */
import type { Fault, FaultCode } from "../tlv/faults.ts";
import { StreamDecoder, type StreamDecoderOptions } from "../tlv/stream-decoder.ts";
import { MessageView } from "../tlv/view.ts";
import { unpackChunks } from "./unpack.ts";

/** Decodes packed or plain chunks to their end. Throws RecordingError on bad gzip and over the cap. */
export async function readRecording(
  chunks: AsyncIterable<Uint8Array>,
  handlers: StreamDecoderOptions,
  maxUnpackedBytes?: number,
): Promise<void> {
  const decoder = new StreamDecoder(handlers);
  for await (const chunk of unpackChunks(chunks, maxUnpackedBytes)) decoder.push(chunk);
  decoder.end();
}

const FAULTS_MAX_COUNT = 100;

/** A recording in memory, by message. */
export class Recording {
  /** Unpacked. */
  readonly bytes: Uint8Array;
  /** Message i is at [starts[i], ends[i]) of `bytes`. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** What was skipped: the first hundred faults, and how many there were, in all and by code. */
  readonly faults: readonly Fault[];
  readonly faultCount: number;
  readonly faultCounts: Readonly<Partial<Record<FaultCode, number>>>;
  readonly #view: MessageView;

  constructor(bytes: Uint8Array) {
    const starts: number[] = [];
    const ends: number[] = [];
    const faults: Fault[] = [];
    let faultCount = 0;
    const faultCounts: Partial<Record<FaultCode, number>> = {};
    const decoder = new StreamDecoder({
      onMessage: (view, offset) => {
        starts.push(offset);
        ends.push(offset + view.end - view.start);
      },
      onFault: (fault) => {
        faultCount++;
        faultCounts[fault.error] = (faultCounts[fault.error] ?? 0) + 1;
        if (faults.length < FAULTS_MAX_COUNT) faults.push(fault);
      },
    });
    decoder.push(bytes);
    decoder.end();
    this.bytes = bytes;
    this.starts = starts;
    this.ends = ends;
    this.faults = faults;
    this.faultCount = faultCount;
    this.faultCounts = faultCounts;
    this.#view = new MessageView().attach(bytes);
  }

  get count(): number {
    return this.starts.length;
  }

  /** Message `index`, 0 <= index < count. The view is reused by the next call. */
  message(index: number): MessageView {
    const start = this.starts[index];
    const end = this.ends[index];
    if (start === undefined || end === undefined) throw new RangeError(`message ${index} of ${this.count}`);
    return this.#view.seek(start, end);
  }
}
