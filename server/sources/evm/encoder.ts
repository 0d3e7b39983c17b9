/**
 * From what a chain gives to messages, in one order: a block is its transactions, its pool events by log index, then
 * its ChainHead; TokenInfo and PoolInfo come before the first event of their pool. The same for a live node and for a
 * file.
 */
import { encodeMessage, type TlvInit } from "../../../protocol/tlv/encode.ts";
import {
  COLLECTOR_STATE,
  type CollectorStateName,
  type DomainName,
  SOURCE,
} from "../../../protocol/tlv/registry.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { BlockUnit, ChainLog, ChainTransaction } from "./chain.ts";
import { decodePoolEvent, isEventOf, type PoolEventName, poolEventName } from "./events.ts";
import type { EvmFaults } from "./faults.ts";
import { poolEventTlv, poolInfoTlv, poolStateTlv, provenanceTlv, tokenInfoTlv } from "./pool-tlv.ts";
import type { Pool, PoolBook, PoolSnapshot, Token } from "./pools.ts";
import { chainHeadTlv, transactionTlv } from "./transaction-tlv.ts";

/** Pools and tokens remembered as announced; one that was forgotten is announced again. */
const MAX_ANNOUNCED_COUNT = 16_384;
const NS_PER_MS = 1_000_000n;
const COLLECTOR_ID_BYTES = 32;

export interface EncoderOptions {
  readonly chain_id: number;
  readonly pools: PoolBook;
  readonly faults: EvmFaults;
  /** A pool's state at the end of a block, to begin with; null where nobody can tell. */
  readonly snapshot?: (pool: Pool, block_number: number) => Promise<PoolSnapshot | null>;
  /** Takes each message. */
  readonly sink: (message: Uint8Array) => void;
}

/** A log that may be a pool's, by its topics and size. */
interface Candidate {
  readonly log: ChainLog;
  readonly name: PoolEventName;
}

export class BlockEncoder {
  readonly #options: EncoderOptions;
  readonly #chain_id: bigint;
  readonly #announced = new BoundedMap<string, true>(MAX_ANNOUNCED_COUNT);
  #sequence = 0n;

  constructor(options: EncoderOptions) {
    this.#options = options;
    this.#chain_id = BigInt(options.chain_id);
  }

  /** @param unix_ms time in the headers of the messages */
  async block(unit: BlockUnit, unix_ms: number): Promise<void> {
    const candidates = candidatesOf(unit.logs);
    const pools = await this.#options.pools.find([...new Set(candidates.map(({ log }) => log.address))]);
    const snapshots = await this.#snapshotsOfNew(pools, unit.number);

    for (const tx of unit.transactions) this.#transaction(tx, unix_ms);
    for (const candidate of candidates) this.#poolEvent(candidate, pools, unit.unix_s, unix_ms);
    for (const [pool, snapshot] of snapshots) {
      this.#announce(pool, unix_ms);
      this.#emit("market_data", unix_ms, [
        poolStateTlv(pool, { block_number: unit.number, unix_s: unit.unix_s }, snapshot),
      ]);
    }
    if (unit.header !== null) {
      this.#emit("market_data", unix_ms, [chainHeadTlv(this.#chain_id, unit.header)]);
    }
  }

  pending(tx: ChainTransaction, unix_ms: number): void {
    this.#transaction(tx, unix_ms);
  }

  /** Pool events that a reorg took back, each once more with `reorged` set. */
  async removed(logs: readonly ChainLog[], unix_ms: number): Promise<void> {
    const candidates = candidatesOf(logs);
    const pools = await this.#options.pools.find([...new Set(candidates.map(({ log }) => log.address))]);
    for (const candidate of candidates) {
      const unix_s = candidate.log.block_unix_s ?? Math.floor(unix_ms / 1000);
      this.#poolEvent(candidate, pools, unix_s, unix_ms);
    }
  }

  status(state: CollectorStateName, last_block: number, unix_ms: number): void {
    this.#emit("system", unix_ms, [
      {
        name: "CollectorStatus",
        chain_id: this.#chain_id,
        last_block: BigInt(last_block),
        state: COLLECTOR_STATE[state],
        collector_id: `evm-${this.#chain_id}`.slice(0, COLLECTOR_ID_BYTES),
        detail: "",
      },
    ]);
  }

  /** State at the end of the block, of pools that were not announced yet. */
  async #snapshotsOfNew(
    pools: ReadonlyMap<string, Pool>,
    block_number: number,
  ): Promise<readonly (readonly [Pool, PoolSnapshot])[]> {
    const { snapshot } = this.#options;
    if (snapshot === undefined) return [];
    const isNew = [...pools.values()].filter((pool) => this.#announced.get(pool.address) === undefined);
    const snapshots = await Promise.all(
      isNew.map(async (pool) => [pool, await snapshot(pool, block_number)] as const),
    );
    return snapshots.filter((entry): entry is readonly [Pool, PoolSnapshot] => entry[1] !== null);
  }

  #transaction(tx: ChainTransaction, unix_ms: number): void {
    this.#emit("market_data", unix_ms, [transactionTlv(this.#chain_id, tx)]);
  }

  #poolEvent(
    { log, name }: Candidate,
    pools: ReadonlyMap<string, Pool>,
    unix_s: number,
    unix_ms: number,
  ): void {
    const pool = pools.get(log.address);
    if (pool === undefined || !isEventOf(name, pool.kind)) return;
    const where = `log ${log.log_index} of block ${log.block_number}`;
    const event = decodePoolEvent(name, log.topics, log.data);
    if (event === null) return this.#options.faults.add("malformed_log", where);
    this.#announce(pool, unix_ms);
    if (event.event === "AlgebraFee") {
      if (log.removed) return;
      pool.fee = event.fee;
      this.#emit("market_data", unix_ms, [poolInfoTlv(this.#chain_id, pool)]);
      return;
    }
    const tlv = poolEventTlv(event, pool, { block_number: log.block_number, unix_s });
    if (tlv === null) return this.#options.faults.add("undirected_swap", where);
    this.#emit("market_data", unix_ms, [tlv, provenanceTlv(this.#chain_id, log, event)]);
  }

  #announce(pool: Pool, unix_ms: number): void {
    if (this.#announced.get(pool.address) !== undefined) return;
    this.#announceToken(pool.token0, unix_ms);
    this.#announceToken(pool.token1, unix_ms);
    this.#emit("market_data", unix_ms, [poolInfoTlv(this.#chain_id, pool)]);
    this.#announced.set(pool.address, true);
  }

  #announceToken(token: Token, unix_ms: number): void {
    // A pool's own LP token may be traded too, so that one address can be both.
    const key = `token ${token.address}`;
    if (this.#announced.get(key) !== undefined) return;
    this.#emit("market_data", unix_ms, [tokenInfoTlv(this.#chain_id, token)]);
    this.#announced.set(key, true);
  }

  #emit(domain: DomainName, unix_ms: number, tlvs: TlvInit[]): void {
    let message: Uint8Array;
    try {
      message = encodeMessage({
        domain,
        // The one collector of on-chain data that the protocol knows; the chain is in the TLVs.
        source: SOURCE.polygon,
        sequence: this.#sequence,
        timestamp_ns: BigInt(unix_ms) * NS_PER_MS,
        tlvs,
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#options.faults.add("unfit_value", `${tlvs[0]?.name}: ${error.message}`);
      return;
    }
    this.#sequence += 1n;
    this.#options.sink(message);
  }
}

function candidatesOf(logs: readonly ChainLog[]): Candidate[] {
  return logs
    .map((log) => ({ log, name: poolEventName(log.topics, log.data) }))
    .filter((candidate): candidate is Candidate => candidate.name !== null)
    .toSorted((a, b) => a.log.log_index - b.log.log_index);
}
