/**
 * Answers to GET /transactions/{hash} that are at hand: least recently used go first, each is good for a while and only
 * as long as the transaction's row has not changed. Callers who ask for one hash at once share one GET.
 *
 * Only what was found is kept: a transaction that the server does not hold may come any moment, and to ask again for
 * that, or after an error, is what its user wants.
 */
import type { DetailResult } from "../api.ts";
import { DETAIL_LIMITS, MEMORY_LIMITS } from "../limits.ts";
import { detailOf } from "./detail.ts";
import type { Answer } from "./environment.ts";

interface Entry {
  result: DetailResult;
  bytes: number;
  /** Seq of the transaction's row when it was asked for; null without a row. */
  seq: number | null;
  until_ms: number;
}

export interface DetailSource {
  now(): number;
  load(hash: string): Promise<Answer | Error>;
  /** Seq of the transaction's row in the window; null when there is none. */
  seqOf(hash: string): number | null;
}

export class DetailCache {
  /** Answers that left for want of room. */
  dropped = 0;
  /** Text of what is kept, and the overhead of a row for each. */
  bytes = 0;
  #source: DetailSource;
  /** Least recently used first. */
  #entries = new Map<string, Entry>();
  #flights = new Map<string, Promise<DetailResult>>();

  constructor(source: DetailSource) {
    this.#source = source;
  }

  get size(): number {
    return this.#entries.size;
  }

  async get(hash: string): Promise<DetailResult> {
    const kept = this.#take(hash);
    if (kept !== null) {
      this.#keep(hash, kept);
      return kept.result;
    }
    const flying = this.#flights.get(hash);
    if (flying !== undefined) return flying;
    const flight = this.#load(hash, () => this.#flights.get(hash) === flight);
    this.#flights.set(hash, flight);
    return flight;
  }

  /** Drops the oldest one. False when there is none. */
  dropOldest(): boolean {
    const [oldest] = this.#entries.keys();
    if (oldest === undefined) return false;
    this.#delete(oldest);
    this.dropped++;
    return true;
  }

  /** Forgets all, also what is on its way. */
  clear(): void {
    this.#entries.clear();
    this.#flights.clear();
    this.bytes = 0;
  }

  /** The entry taken out, if it is still good. */
  #take(hash: string): Entry | null {
    const entry = this.#entries.get(hash);
    if (entry === undefined) return null;
    this.#delete(hash);
    const good = this.#source.now() < entry.until_ms && this.#source.seqOf(hash) === entry.seq;
    return good ? entry : null;
  }

  async #load(hash: string, isWanted: () => boolean): Promise<DetailResult> {
    const seq = this.#source.seqOf(hash);
    const answer = await this.#source.load(hash);
    const result = detailOf(answer);
    if (!isWanted()) return result;
    this.#flights.delete(hash);
    if (result.kind === "found" && !(answer instanceof Error)) {
      const bytes = answer.text.length + MEMORY_LIMITS.row_overhead_bytes;
      const until_ms = this.#source.now() + DETAIL_LIMITS.ttl_ms;
      if (bytes <= DETAIL_LIMITS.held_bytes) this.#keep(hash, { result, bytes, seq, until_ms });
    }
    return result;
  }

  #keep(hash: string, entry: Entry): void {
    this.#entries.set(hash, entry);
    this.bytes += entry.bytes;
    while (this.size > DETAIL_LIMITS.held_count || this.bytes > DETAIL_LIMITS.held_bytes) this.dropOldest();
  }

  #delete(hash: string): void {
    this.bytes -= this.#entries.get(hash)!.bytes;
    this.#entries.delete(hash);
  }
}
