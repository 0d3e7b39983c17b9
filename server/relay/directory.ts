/**
 * The newest TokenInfo, PoolInfo and InstrumentInfo of each token, pool and instrument. Collectors tell them once, before
 * their first use; a reader that comes when the ring has dropped them is given them from here.
 */
import { OFFSET, TYPE } from "../../protocol/tlv/layout.ts";
import type { MessageView } from "../../protocol/tlv/view.ts";
import { RELAY_LIMITS } from "./limits.ts";

/** Where in a value the name of what it describes lies: [offset, bytes][]. */
const IDENTITIES: Readonly<Record<number, readonly (readonly [offset: number, bytes: number])[]>> = {
  [TYPE.TokenInfo]: [
    [OFFSET.TokenInfo.chain_id, 8],
    [OFFSET.TokenInfo.address, 20],
  ],
  [TYPE.PoolInfo]: [
    [OFFSET.PoolInfo.chain_id, 8],
    [OFFSET.PoolInfo.pool, 20],
  ],
  [TYPE.InstrumentInfo]: [
    [OFFSET.InstrumentInfo.asset_id, 8],
    [OFFSET.InstrumentInfo.symbol, 32],
  ],
};

export class Directory {
  readonly #messages = new Map<string, Uint8Array>();
  #bytes = 0;
  /** All of it, until one more comes: readers that come at once are written the same bytes. */
  #joined: Uint8Array | null = null;
  #dropped = 0;

  get size(): number {
    return this.#messages.size;
  }

  /** Those that found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Keeps a copy of the message if it opens with one of the types; the view stands on its first TLV. */
  take(view: MessageView): void {
    const identity = IDENTITIES[view.type];
    if (identity === undefined) return;
    const { bytes, valueStart } = view;
    const parts = identity.map(([offset, length]) =>
      Buffer.from(bytes.subarray(valueStart + offset, valueStart + offset + length)).toString("latin1"),
    );
    const key = `${view.type}${parts.join("")}`;
    const known = this.#messages.get(key);
    const size = this.#messages.size + (known === undefined ? 1 : 0);
    // Whoever writes may add to a message what they like.
    const held = this.#bytes - (known?.length ?? 0) + (view.end - view.start);
    if (size > RELAY_LIMITS.directory_count || held > RELAY_LIMITS.directory_bytes) {
      this.#dropped++;
      return;
    }
    this.#messages.set(key, bytes.slice(view.start, view.end));
    this.#bytes = held;
    this.#joined = null;
  }

  /** All of it: tokens and instruments, then pools, so that what a message names stands before it. Not to be changed. */
  bytes(): Uint8Array {
    this.#joined ??= this.#join();
    return this.#joined;
  }

  #join(): Uint8Array {
    const messages = Array.from(this.#messages);
    const isPool = ([key]: [string, Uint8Array]): boolean => key.startsWith(String(TYPE.PoolInfo));
    const ordered = [...messages.filter((entry) => !isPool(entry)), ...messages.filter(isPool)];
    return Buffer.concat(ordered.map(([, message]) => message));
  }
}
