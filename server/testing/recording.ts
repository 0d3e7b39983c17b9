/** A small recording for tests: ticks, tokens, pools, transactions, blocks with swaps and syncs. */
import {
  address,
  chainHead,
  hash,
  poolInfo,
  START_MS,
  swap,
  sync,
  tick,
  tokenInfo,
  transaction,
} from "../../model/testing/messages.ts";

/** Laps of a replay XOR their number into hashes, so hashes of one recording must lie apart, as real ones do. */
const APART = 2 ** 20;

export interface SyntheticOptions {
  seconds?: number;
  txPerSecond?: number;
  swapsPerSecond?: number;
  pools?: number;
}

/** Messages of a recording, one block a second: what is pending in it, its pool events, its head. */
export function syntheticMessages(options: SyntheticOptions = {}): Uint8Array[] {
  const { seconds = 10, txPerSecond = 5, swapsPerSecond = 3, pools = 4 } = options;
  const messages = [tick(START_MS), tokenInfo(), tokenInfo({ address: address(0x11), symbol: "USD" })];
  for (let pool = 0; pool < pools; pool++) messages.push(poolInfo({ pool: address(0x100 + pool) }));
  let tx = 0;
  let log = 0;
  for (let second = 1; second <= seconds; second++) {
    const from = START_MS + second * 1000;
    for (let n = 0; n < txPerSecond; n++) {
      messages.push(
        transaction(++tx * APART, {}, null, { ms: from - 1000 + Math.floor((n * 1000) / txPerSecond) }),
      );
    }
    messages.push(tick(from));
    const place = { block_hash: hash(second * APART), tx_hash: hash(tx * APART) };
    for (let n = 0; n < swapsPerSecond; n++) {
      const pool_address = address(0x100 + (log % pools));
      const block_number = BigInt(second);
      const header = { ms: from };
      messages.push(swap({ pool_address, block_number }, { ...place, log_index: log++ }, header));
      messages.push(sync({ pool_address, block_number }, { ...place, log_index: log++ }, header));
    }
    const block = {
      block_hash: hash(second * APART),
      parent_hash: hash((second - 1) * APART),
      block_timestamp: BigInt(from / 1000),
    };
    messages.push(chainHead(second, block, { ms: from }));
  }
  return messages;
}

export function syntheticRecording(options: SyntheticOptions = {}): Uint8Array {
  return new Uint8Array(Buffer.concat(syntheticMessages(options)));
}
