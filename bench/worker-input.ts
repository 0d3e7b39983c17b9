/** A window and the frames that follow it, as texts: what a server would send of a busy tx.main. */
import { CHANNEL_NAMES } from "../protocol/stream/channels.ts";
import type { TxEntity } from "../protocol/stream/entities.ts";
import { Store } from "../workers/store/store.ts";
import { batch, snapshot, window } from "../workers/testing/messages.ts";
import { Random } from "../workers/testing/random.ts";

export const WINDOW = 5000;
export const FRAMES = 120;
export const ROWS_A_FRAME = 500;
const UPDATED = 0.3;

export interface WorkerInput {
  /** The window before the first frame, as the body of GET snapshot-v2. */
  snapshot: string;
  /** Each carries the digest. */
  frames: string[];
  /** Of the window after the last frame. */
  digest: string;
}

export function makeWorkerInput(): WorkerInput {
  const random = new Random(7);
  const server = new Store(WINDOW);
  let seq = 0;
  let held: TxEntity[] = [];
  const insert = (): TxEntity => transaction(random, ++seq);
  const change = (): TxEntity => {
    if (!random.chance(UPDATED)) return insert();
    const before = held[random.below(held.length)]!;
    return { ...before, seq: ++seq, status: "included", block_number: "51234567" };
  };

  held = Array.from({ length: WINDOW }, insert);
  server.replace(held, WINDOW);
  const empty = Object.fromEntries(CHANNEL_NAMES.map((name) => [name, window()]));
  const full = window(held, { cap: WINDOW, digest: server.digest() });
  const first = JSON.stringify(snapshot(seq, { ...empty, "tx.main": full }));

  const frames: string[] = [];
  for (let frame = 0; frame < FRAMES; frame++) {
    const prev_seq = seq;
    const newest = new Map<string, TxEntity>();
    while (newest.size < ROWS_A_FRAME) {
      const entity = change();
      newest.delete(entity.id);
      newest.set(entity.id, entity);
    }
    const upsert = [...newest.values()];
    held = [...held.filter(({ id }) => !newest.has(id)), ...upsert].slice(-WINDOW);
    const patch = { upsert, remove: [], evict_before: held[0]!.seq };
    server.apply(patch);
    const message = batch("tx.main", prev_seq, seq, upsert, server.digest());
    frames.push(
      JSON.stringify({ ...message, patch, watermark: { ...message.watermark, count: server.count } }),
    );
  }
  return { snapshot: first, frames, digest: server.digest() };
}

function transaction(random: Random, seq: number): TxEntity {
  const hex = (bytes: number) =>
    `0x${Array.from({ length: bytes }, () => random.below(256).toString(16).padStart(2, "0")).join("")}`;
  const hash = hex(32);
  return {
    id: hash,
    seq,
    hash,
    chain_id: 137,
    sender: hex(20),
    to: hex(20),
    nonce: String(random.below(100_000)),
    tx_type: 2,
    value_wei: `${random.below(1_000_000)}000000000000`,
    gas_limit: "210000",
    gas_price_wei: null,
    max_fee_per_gas_wei: `${random.below(200)}000000000`,
    max_priority_fee_per_gas_wei: "30000000000",
    method_selector: "0x38ed1739",
    calldata_bytes: 260,
    status: "pending",
    block_number: null,
    protocol: "uniswap-v2",
    category: "swap",
    seen_unix_ms: 1_700_000_000_000 + seq,
    source_id: 1,
  };
}
