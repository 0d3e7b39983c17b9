/** When each message of a recording is due, in ms from the start of a lap. Pure. */
import { Clock } from "../../model/clock.ts";
import type { Recording } from "../../protocol/recording/reader.ts";
import { OFFSET, TYPE } from "../../protocol/tlv/layout.ts";

export interface Pace {
  /** Never falling; one a message. */
  readonly dueMs: Float64Array;
  /** From one lap's start to the next. */
  readonly lapMs: number;
}

/**
 * The recording's own rhythm, `speed` times as fast: each message comes when the fold's clock, told by it and those before
 * it, says so. So a forged date delays a replay as little as it moves the fold.
 */
export function ownRhythm(recording: Recording, lapSeconds: number, speed: number): Pace {
  const clock = new Clock();
  const dueMs = new Float64Array(recording.count);
  let origin = 0;
  let latest = 0;
  for (let index = 0; index < recording.count; index++) {
    const view = recording.message(index);
    if (view.firstTlv() && view.type === TYPE.Tick) {
      clock.tick(Number(view.data.getBigUint64(view.valueStart + OFFSET.Tick.unix_ms, true)));
    } else {
      clock.header(view.timestampMs);
    }
    if (origin === 0) origin = clock.now;
    latest = Math.max(latest, (clock.now - origin) / speed);
    dueMs[index] = latest;
  }
  return { dueMs, lapMs: Math.max(latest, (lapSeconds * 1000) / speed) };
}

const HASH_BYTES = 32;

/**
 * `perSecond` transactions a second: one for each first message about a hash, whatever its status. All other messages
 * come with the transaction before them. `null`: the recording has no transaction.
 */
export function transactionRate(recording: Recording, perSecond: number): Pace | null {
  const seen = new Set<string>();
  const dueMs = new Float64Array(recording.count);
  for (let index = 0; index < recording.count; index++) {
    const view = recording.message(index);
    if (view.firstTlv() && view.type === TYPE.Transaction) {
      const hash = view.valueStart + OFFSET.Transaction.hash;
      seen.add(Buffer.from(view.bytes.subarray(hash, hash + HASH_BYTES)).toString("latin1"));
    }
    dueMs[index] = (Math.max(0, seen.size - 1) * 1000) / perSecond;
  }
  return seen.size === 0 ? null : { dueMs, lapMs: (seen.size * 1000) / perSecond };
}
