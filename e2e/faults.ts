/** What a bad link does to frames: rules for the proxy. Each is made anew for its test, for some remember. */
import type { ServerMessage } from "../protocol/stream/messages.ts";
import type { FrameRule, Passage } from "./proxy.ts";

type DeltaBatch = Extract<ServerMessage, { type: "DELTA_BATCH" }>;
type BatchRule = (batch: DeltaBatch, text: string, connection: object) => readonly Passage[];

/** HELLO with a heartbeat interval that a test can wait for; batches by `rule`, all else as it is. */
export function withHeartbeat(
  heartbeat_interval_ms: number,
  rule: BatchRule = (_, text) => [text],
): FrameRule<ServerMessage> {
  return (message, text, connection) => {
    if (message.op === "HELLO") return [JSON.stringify({ ...message, heartbeat_interval_ms })];
    const isBatch = message.op === "DISPATCH" && message.type === "DELTA_BATCH";
    return isBatch ? rule(message, text, connection) : [text];
  };
}

export function losing(isLost: (batch: DeltaBatch) => boolean): BatchRule {
  return (batch, text) => (isLost(batch) ? [] : [text]);
}

/** How often each fault befell a frame, so that a test knows that its storm was one. */
export interface Storm {
  dropped: number;
  doubled: number;
  reordered: number;
  delayed: number;
}

/**
 * Of four frames in twenty one each is lost, doubled, held back until the next one has passed it, and delayed.
 * `random` gives numbers in [0, 1).
 */
export function stormy(random: () => number): { storm: Storm; rule: BatchRule } {
  const storm: Storm = { dropped: 0, doubled: 0, reordered: 0, delayed: 0 };
  // A frame that is held back when its connection ends is lost with it.
  const held = new WeakMap<object, string>();
  const rule: BatchRule = (_, text, connection) => {
    const before = held.get(connection);
    const overtaken = before === undefined ? [] : [before];
    held.delete(connection);
    const draw = Math.floor(random() * 20);
    if (draw === 0) {
      storm.dropped++;
      return overtaken;
    }
    if (draw === 1) {
      storm.doubled++;
      return [text, text, ...overtaken];
    }
    if (draw === 2) {
      storm.reordered++;
      held.set(connection, text);
      return overtaken;
    }
    if (draw === 3) {
      storm.delayed++;
      return [{ text, after_ms: 300 }, ...overtaken];
    }
    return [text, ...overtaken];
  };
  return { storm, rule };
}

/** The first batch that comes arrives in half; `onCorrupt` is told. */
export function corruptingOne(onCorrupt: () => void): BatchRule {
  let done = false;
  return (_, text) => {
    if (done) return [text];
    done = true;
    onCorrupt();
    return [text.slice(0, text.length / 2)];
  };
}

/** Batches of one channel carry a digest that is not their window's. */
export function falsifying(channel: string): BatchRule {
  return (batch, text) => {
    if (batch.channel !== channel || batch.watermark.digest === null) return [text];
    const watermark = { ...batch.watermark, digest: "0123456789abcdef" };
    return [JSON.stringify({ ...batch, watermark })];
  };
}
