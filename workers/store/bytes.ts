/**
 * The rule by which rows are counted in bytes: UTF-16 units of the text that they came in, shared equally by the rows of
 * one batch. What a parsed row takes on the heap is near it, and it costs one division a batch.
 */
import type { ChannelSnapshot, Row, Snapshot } from "../../protocol/stream/messages.ts";

/** Rows of a channel that are looked at for the channel's weight in a snapshot's text. */
const SAMPLE_COUNT = 16;

/** Rows whose bodies were shed, and where they lie: seqs (from_seq, to_seq]. */
export interface Shed {
  rows: number;
  from_seq: number;
  to_seq: number;
}

/** A row's share of `text_bytes`, in whole bytes. */
export function shareOf(text_bytes: number, rows: readonly Row[]): number {
  return rows.length === 0 ? 0 : Math.ceil(text_bytes / rows.length);
}

/** How a snapshot's channels share its text: by their rows, as long as a few of each are. */
export function textOf(
  channels: Snapshot["channels"],
  text_bytes: number,
): (readonly [ChannelSnapshot, number])[] {
  const weights = Object.values(channels).map((channel) => [channel, weightOf(channel.upsert)] as const);
  const whole = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return weights.map(([channel, weight]) => [channel, whole === 0 ? 0 : (text_bytes * weight) / whole]);
}

function weightOf(rows: readonly Row[]): number {
  const step = Math.max(1, rows.length / SAMPLE_COUNT);
  let [taken, units] = [0, 0];
  for (let at = 0; at < rows.length; at += step) {
    units += JSON.stringify(rows[Math.floor(at)]).length;
    taken++;
  }
  return taken === 0 ? 0 : (units / taken) * rows.length;
}
