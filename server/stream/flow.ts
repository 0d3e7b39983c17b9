/** A channel that sessions follow, as the hub keeps it. */
import type { Batch, StreamChannel } from "./batch.ts";
import type { Position } from "./session/state.ts";

/** A session as the hub sees it. */
export interface Subscriber {
  position(channel: string): Position | undefined;
  /** Writes the batch or leaves it; the session's position tells which. */
  offer(batch: Batch): void;
  starved(channel: string): void;
  outOfReach(channel: string): void;
  /** A bug of ours keeps it from being served. */
  fail(): void;
}

export interface Flow {
  readonly channel: StreamChannel;
  readonly members: Set<Subscriber>;
  /** Members that an errand is under way for, and those that wait for one between the instants. */
  readonly served: Set<Subscriber>;
  readonly behind: Set<Subscriber>;
  /** When the last flush began that sent a batch up to the head, and the last one at all. */
  reachedMs: number;
  triedMs: number;
  /** When the oldest change was folded that no flush has covered. */
  pendingMs: number | null;
  /** `lastSeq` at the last flush. */
  flushedSeq: number;
  /** A session that may take what it lacks waits for the next instant. */
  isAwaited: boolean;
  /** The frame that was built last, and how far the log was folded then. */
  frame: { readonly foldedTo: number; readonly batch: Batch } | null;
}

/** A flow that nobody is a member of yet. */
export function openFlow(channel: StreamChannel): Flow {
  return {
    channel,
    members: new Set(),
    served: new Set(),
    behind: new Set(),
    reachedMs: Number.NEGATIVE_INFINITY,
    triedMs: Number.NEGATIVE_INFINITY,
    pendingMs: null,
    flushedSeq: channel.lastSeq,
    isAwaited: false,
    frame: null,
  };
}

/** Of all members. */
export function* positionsOf({ channel, members }: Flow): Generator<Position> {
  for (const subscriber of members) {
    const position = subscriber.position(channel.name);
    if (position !== undefined) yield position;
  }
}

/** Is there something to send, and can it be told? */
export function isDue(flow: Flow, position: Position): boolean {
  return position.at !== "out_of_reach" && position.cursor < flow.channel.lastSeq;
}

/** Distance in seq to the last change. */
export function lagOf({ channel }: Flow, { cursor }: Position): number {
  return Math.max(0, channel.lastSeq - cursor);
}
