/** The answer of every channel, `changesSince`, from entities that lie in the order of their seqs. */
import type { BatchLimits, ChangeSet } from "../channel.ts";

/** Entities at slots, in the order of the seqs that last changed them; -1 stands for no slot. */
export interface SeqOrdered {
  /** Seq of the last change of all channels. */
  readonly head: number;
  readonly floor: number;
  readonly reach: number;
  readonly lastSeq: number;
  readonly newest: number;
  older(slot: number): number;
  newer(slot: number): number;
  seqOf(slot: number): number;
  idOf(slot: number): string;
  /** The entity's canonical JSON, UTF-8: a view that stands until the entity changes. */
  textOf(slot: number): Uint8Array;
  /** Ids that were removed after `seq`, ascending. */
  removedAfter(seq: number): { id: string; seq: number }[];
  /** Changes, and evictions of entities whose seq is, in (after, upTo]. */
  changesIn(after: number, upTo: number): number;
  evictedIn(after: number, upTo: number): number;
}

/** As `Channel.changesSince` says. */
export function collectChanges(from: SeqOrdered, since: number, limits?: BatchLimits): ChangeSet | null {
  const { head } = from;
  if (since > head || (since < from.reach && since > 0)) return null;

  let slot = -1;
  for (let at = from.newest; at >= 0 && from.seqOf(at) > since; at = from.older(at)) slot = at;
  const removals = since >= from.lastSeq ? [] : from.removedAfter(since);

  const rows: Uint8Array[] = [];
  const remove = new Set<string>();
  let removal = 0;
  let bytes = 0;
  let last = since;
  let complete = true;
  while (slot >= 0 || removal < removals.length) {
    const removed = removals[removal];
    const isRow = slot >= 0 && (removed === undefined || from.seqOf(slot) < removed.seq);
    const text = isRow ? from.textOf(slot) : NO_TEXT;
    bytes += isRow ? text.length + 1 : (removed as { id: string }).id.length + 3;
    if (limits !== undefined && last > since) {
      if (rows.length + remove.size >= limits.max_entities || bytes > limits.max_bytes) {
        complete = false;
        break;
      }
    }
    if (isRow) {
      // Removed and inserted again in this range: it stands, so only its row is told.
      if (remove.size > 0) remove.delete(from.idOf(slot));
      rows.push(text);
      last = from.seqOf(slot);
      slot = from.newer(slot);
    } else if (removed !== undefined) {
      remove.add(removed.id);
      last = removed.seq;
      removal++;
    }
  }

  const seq = complete ? head : last;
  return {
    prev_seq: since,
    seq,
    complete,
    upsert: joined(rows),
    upserts: rows.length,
    remove: [...remove],
    // A copy at `seq` holds nothing above it, so a higher floor would say no more.
    evict_before: Math.min(from.floor, seq + 1),
    changes: from.changesIn(since, seq),
    evicted: from.evictedIn(since, seq),
  };
}

const COMMA = 44;
const NO_TEXT = new Uint8Array(0);

/** A copy of the texts, parted by commas. */
function joined(texts: readonly Uint8Array[]): Uint8Array {
  let length = Math.max(0, texts.length - 1);
  for (const text of texts) length += text.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const text of texts) {
    if (at > 0) all[at++] = COMMA;
    all.set(text, at);
    at += text.length;
  }
  return all;
}
