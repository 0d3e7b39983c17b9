/**
 * A channel as the server reads it: a bounded window of entities in the order of the seqs that last changed them.
 * A session is a cursor into it. There is something to send exactly when `lastSeq > cursor`, because every change takes a
 * seq: an entity that changed, one that was removed, and a floor that the byte budget moved.
 */
import type { ChannelName } from "../protocol/stream/channels.ts";
import { utf8Text } from "./json/json-writer.ts";

export interface Channel {
  readonly name: ChannelName;
  readonly cap: number;
  readonly count: number;
  /** Every entity with seq < floor was evicted. */
  readonly floor: number;
  /** A cursor below it is out of reach, save 0. */
  readonly reach: number;
  /** Seq of the last change: of an entity, by a removal, or of the floor alone. */
  readonly lastSeq: number;
  /** 16 hex digits over (id, seq) of the window. */
  digest(): string;
  /** The same over (canonical JSON, seq). Reads every row. */
  contentDigest(): string;
  /**
   * What a copy at `seq` needs to become this window, or with `limits` the first part of it. `null`: out of reach, or
   * above the head. A copy at 0 is empty, so 0 is always in reach and yields the whole window.
   */
  changesSince(seq: number, limits?: BatchLimits): ChangeSet | null;
}

export interface BatchLimits {
  /** Rows and removals. One change is always given, however small the limits. */
  max_entities: number;
  /** UTF-8 bytes of the rows' and ids' JSON text with their commas. */
  max_bytes: number;
}

/** The changes in (prev_seq, seq], each id once: in `upsert` or in `remove`. */
export interface ChangeSet {
  prev_seq: number;
  /** The model's head when `complete`, else the seq of the last change in it. */
  seq: number;
  /** Reaches the head: the channel's digest and count hold after it. */
  complete: boolean;
  /** Rows' JSON text in seq order, parted by commas, UTF-8; keys sorted, so it is canonical. A copy. */
  upsert: Uint8Array;
  /** How many they are. */
  upserts: number;
  remove: string[];
  /** Entities with a seq below it are gone. */
  evict_before: number;
  /** Changes in the range, coalesced ones counted (as far back as the channel remembers). */
  changes: number;
  /** Changes in the range whose entity was evicted before this call. */
  evicted: number;
}

/** The rows of a change set as objects; none where there is no change set. */
export function upsertsOf(changes: Pick<ChangeSet, "upsert"> | null | undefined): unknown[] {
  return changes ? (JSON.parse(`[${utf8Text(changes.upsert)}]`) as unknown[]) : [];
}
