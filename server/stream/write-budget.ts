/**
 * What all sockets together may have been given and not have taken. Each session has an equal share, which shrinks as
 * sessions become more; frames are cut to it. A socket that has nothing to carry may always take a frame, so that those who
 * do not read cannot starve those who do; over the total that is a small one. So batches hold at most
 * `max_total_buffered_bytes` twice (a frame that several sessions share counted once, which is what it costs).
 */
import { LIMITS } from "../../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "../limits.ts";

export class WriteBudget {
  #sessions = 0;
  #heldBytes = 0;
  #shareBytes = LIMITS.max_buffered_bytes / 2;

  /** What is held now. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Up to which a socket's backlog may grow by batches. */
  get shareBytes(): number {
    return this.#shareBytes;
  }

  /** The largest batch. */
  get frameBytes(): number {
    const { max_total_buffered_bytes, max_sessions_count } = SERVER_LIMITS;
    const isOver = this.#heldBytes >= max_total_buffered_bytes;
    const most = isOver ? Math.floor(max_total_buffered_bytes / max_sessions_count) : this.#shareBytes;
    return Math.min(LIMITS.max_frame_bytes, most);
  }

  join(): void {
    this.#share(this.#sessions + 1);
  }

  leave(): void {
    this.#share(this.#sessions - 1);
  }

  /** A socket holds so much more, or less, than before. */
  moved(bytes: number): void {
    this.#heldBytes += bytes;
  }

  /** What a socket that holds `bufferedBytes` may be given; not above 0 where it has its share. */
  room(bufferedBytes: number): number {
    if (bufferedBytes === 0) return Number.POSITIVE_INFINITY;
    return Math.min(
      this.#shareBytes - bufferedBytes,
      SERVER_LIMITS.max_total_buffered_bytes - this.#heldBytes,
    );
  }

  /** Answers have filled the socket as far again as batches may. */
  overflows(bufferedBytes: number): boolean {
    return bufferedBytes > this.#shareBytes * 2;
  }

  #share(sessions: number): void {
    this.#sessions = sessions;
    const equal = Math.floor(SERVER_LIMITS.max_total_buffered_bytes / Math.max(sessions, 1));
    this.#shareBytes = Math.min(LIMITS.max_buffered_bytes / 2, equal);
  }
}
