/** A live node into a recording: the collector, a clock that ticks, and a file behind them. */
import type { ChainSection } from "../../../protocol/chain-section.ts";
import type { RecordingManifest } from "../../../protocol/recording/manifest.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { SERVER_LIMITS } from "../../limits.ts";
import { RecordingWriter } from "../../recording-writer.ts";
import { tickMessage } from "../../tick.ts";
import { EvmSource, type EvmSourceOptions } from "./source.ts";

export interface RecordOptions extends EvmSourceOptions {
  /** `NAME.tlv`; the manifest is `NAME.json`. */
  readonly out: string;
  /** Ends the recording. */
  readonly signal: AbortSignal;
  readonly title?: string;
  readonly shows?: string;
  /** What is known beforehand of a chain that the registry does not know: stands in the manifest. */
  readonly chains?: readonly ChainSection[];
  /** Takes the source before it starts, for those who watch how far it is. */
  readonly onSource?: (source: EvmSource) => void;
  /** The node answered, and the recording has begun. */
  readonly onRecording?: () => void;
}

export interface Recorded {
  readonly manifest: RecordingManifest;
  /** What could not be recorded, a line a kind. */
  readonly faults: readonly string[];
}

/**
 * Records until the signal. Rejects with RpcError where no endpoint answers at the start; a connection that is lost later
 * is made anew. Rejects with CliError when the file cannot be written; what was recorded until then is kept, with its
 * manifest.
 */
export async function recordChain(options: RecordOptions): Promise<Recorded> {
  const source = new EvmSource(options);
  const writer = new RecordingWriter(options.out);
  options.onSource?.(source);
  let stopTicks: (() => void) | null = null;
  const onAbort = (): void => void source.stop();
  options.signal.addEventListener("abort", onAbort);
  if (options.signal.aborted) onAbort();
  try {
    await source.start((message) => {
      // The clock stands before the first message, and not before there is one.
      if (stopTicks === null) {
        stopTicks = writeTicks(writer, options.clock ?? systemClock);
        options.onRecording?.();
      }
      writer.write(message);
    });
    return { manifest: close(writer, source, options), faults: source.faults.lines() };
  } catch (error) {
    if (writer.bytes === 0) writer.discard();
    else close(writer, source, options);
    throw error;
  } finally {
    options.signal.removeEventListener("abort", onAbort);
    (stopTicks as (() => void) | null)?.();
  }
}

function close(writer: RecordingWriter, source: EvmSource, options: RecordOptions): RecordingManifest {
  const chain_id = source.chainId ?? 0;
  return writer.close({
    title: options.title ?? `Chain ${chain_id}, recorded live`,
    shows: options.shows ?? `What happened on chain ${chain_id} up to block ${source.lastBlock}.`,
    chain_id,
    ...(options.chains === undefined ? {} : { chains: [...options.chains] }),
  });
}

/** Writes a Tick now and each second, and lets the file have what there is; the answer ends it. */
function writeTicks(writer: RecordingWriter, clock: Clock): () => void {
  let cancel = (): void => {};
  let sequence = 0n;
  const tick = (): void => {
    writer.write(tickMessage(Math.floor(clock.now().unix_ms), sequence++));
    writer.flush();
    cancel = clock.after(SERVER_LIMITS.tick_interval_ms, tick);
  };
  tick();
  return () => cancel();
}
