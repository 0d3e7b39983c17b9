/** What a relay has done, added up over the connections that are and those that were. */
import type { DropReason } from "./inlet.ts";
import type { CutReason, Peer } from "./peer.ts";
import type { RingReader } from "./ring-reader.ts";

/** Counts by name: of reasons, of fault codes. */
export type Counts = Record<string, number>;

export interface RelayCounts {
  /** What was written to the relay: received = accepted + dropped. */
  readonly in: { received: number; accepted: number; readonly dropped: Counts };
  /** What was damaged, by fault code. */
  readonly faults: Counts;
  /** What the readers were due, each its own copy: received = forwarded + held + dropped. */
  readonly out: { received: number; forwarded: number; held: number; dropped: number };
  /** Connections that the relay itself ended, by reason. */
  readonly cuts: Counts;
}

export function noCounts(): RelayCounts {
  return {
    in: { received: 0, accepted: 0, dropped: {} },
    faults: {},
    out: { received: 0, forwarded: 0, held: 0, dropped: 0 },
    cuts: {},
  };
}

export function addInlet(counts: RelayCounts, { inlet }: Pick<Peer, "inlet">): void {
  counts.in.received += inlet.received;
  counts.in.accepted += inlet.accepted;
  addCounts<DropReason>(counts.in.dropped, inlet.dropped);
  addCounts(counts.faults, inlet.faults);
}

export function addReader(counts: RelayCounts, reader: RingReader): void {
  counts.out.received += reader.received;
  counts.out.forwarded += reader.forwarded;
  counts.out.held += reader.held;
  counts.out.dropped += reader.dropped;
}

export function addCut(counts: RelayCounts, reason: CutReason): void {
  addCounts(counts.cuts, { [reason]: 1 });
}

/** "3 keep_alive, 1 position", or "" where there are none. */
export function formatCounts(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}

function addCounts<N extends string>(total: Counts, more: Partial<Record<N, number>>): void {
  for (const [name, count] of Object.entries<number | undefined>(more)) {
    total[name] = (total[name] ?? 0) + (count ?? 0);
  }
}
