/** What a recording holds, gathered message by message: the counts and times of its manifest. */
import { LAYOUT_BY_TYPE, OFFSET, TYPE } from "../tlv/layout.ts";
import type { MessageView } from "../tlv/view.ts";

/** The name of a message's event: its first TLV's, `Unknown` for a type without a table, `KeepAlive` for none. */
export function eventName(view: MessageView): string {
  if (!view.firstTlv()) return "KeepAlive";
  return LAYOUT_BY_TYPE[view.type]?.name ?? "Unknown";
}

/** First and last time, Unix ms; null before the first message. */
export interface TimeRange {
  from_unix_ms: number;
  to_unix_ms: number;
}

export class RecordingSummary {
  /** Messages by event name. */
  readonly messages: Record<string, number> = {};
  #ticks: TimeRange | null = null;
  #headers: TimeRange | null = null;

  add(view: MessageView): void {
    const name = eventName(view);
    this.messages[name] = (this.messages[name] ?? 0) + 1;
    if (view.timestampMs > 0) this.#headers = widen(this.#headers, view.timestampMs);
    if (view.type === TYPE.Tick) {
      this.#ticks = widen(
        this.#ticks,
        Number(view.data.getBigUint64(view.valueStart + OFFSET.Tick.unix_ms, true)),
      );
    }
  }

  /** Range of the recording's clock: of its Ticks where it has them, else of the headers' times. */
  get times(): TimeRange | null {
    return this.#ticks ?? this.#headers;
  }
}

function widen(range: TimeRange | null, ms: number): TimeRange {
  if (range === null) return { from_unix_ms: ms, to_unix_ms: ms };
  return { from_unix_ms: Math.min(range.from_unix_ms, ms), to_unix_ms: Math.max(range.to_unix_ms, ms) };
}
