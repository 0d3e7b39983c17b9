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
import type { BlockRef, BlockUnit, ChainLog, ChainTransaction } from "./chain.ts";
import { decodePoolEvent, isEventOf, type PoolEventName, poolEventName } from "./events.ts";
import type { EvmFaultCode, EvmFaults } from "./faults.ts";
import { poolEventTlv, poolInfoTlv, poolStateTlv, provenanceTlv, tokenInfoTlv } from "./pool-tlv.ts";
import type { Pool, PoolBook, PoolSnapshot, Token } from "./pools.ts";
import { takenBack } from "./taken-back.ts";
import { cutText } from "./token-text.ts";
import { chainHeadTlv, transactionTlv } from "./transaction-tlv.ts";

export const ENCODER_LIMITS = {
  /** Pools remembered as announced, and as many tokens; one that was forgotten is announced again. */
  announced_count: 16_384,
  /** Pools whose state is told after one block; others follow after the next. */
  states_per_block_count: 256,
  /** A pool's state is asked for after each block until so long after the first refusal: a server may lag, or have no past. */
  state_patience_ms: 60_000,
} as const;

const NS_PER_MS = 1_000_000n;
const COLLECTOR_ID_BYTES = 32;
const DETAIL_BYTES = 128;

export interface EncoderOptions {
  readonly chain_id: number;
  readonly pools: PoolBook;
  readonly faults: EvmFaults;
  /** A pool's state at the end of a block, to begin with; null where nobody can tell. */
  readonly snapshot?: (pool: Pool, block_number: number) => Promise<PoolSnapshot | null>;
  /** Takes each message. */
  readonly sink: (message: Uint8Array) => void;
}

/** What was told of one block, to take it back with. */
export interface Told {
  /** Its transactions, then its pool events, as they were handed over. */
  readonly messages: readonly Uint8Array[];
  /** Their sum. */
  readonly bytes: number;
  /** Pools whose fee changed in it, and what it was before. */
  readonly fees: readonly { readonly pool: Pool; readonly before: number }[];
  /** Pools whose state was told at the end of it. */
  readonly stated: readonly Pool[];
}

/** A pool without a state, and when it was first refused. */
interface Stateless {
  readonly pool: Pool;
  readonly refused_ms: number | null;
}

/** A log that may be a pool's, by its topics and size. */
interface Candidate {
  readonly log: ChainLog;
  readonly name: PoolEventName;
}

export class BlockEncoder {
  readonly #options: EncoderOptions;
  readonly #chain_id: bigint;
  readonly #pools = new BoundedMap<string, Pool>(ENCODER_LIMITS.announced_count);
  readonly #tokens = new BoundedMap<string, true>(ENCODER_LIMITS.announced_count);
  /** Pools whose state is to be told, since events alone do not give it: new ones, and all after blocks were missed. */
  readonly #stateless = new BoundedMap<string, Stateless>(ENCODER_LIMITS.announced_count);
  #sequence = 0n;

  constructor(options: EncoderOptions) {
    this.#options = options;
    this.#chain_id = BigInt(options.chain_id);
  }

  /**
   * Hands over a block, all of it or, where it rejects, nothing.
   * @param unix_ms time in the headers of the messages
   * @param isOld so far behind the head that the node may not know what pools held then: their states wait for a newer one
   */
  async block(unit: BlockUnit, unix_ms: number, isOld = false): Promise<Told> {
    const candidates = candidatesOf(unit.logs);
    const pools = await this.#options.pools.find([...new Set(candidates.map(({ log }) => log.address))]);
    const unknown = [...pools.values()].filter(({ address }) => this.#pools.get(address) === undefined);
    const states = await this.#states(unknown, unit.number, isOld);

    const messages: Uint8Array[] = [];
    const keep = (message: Uint8Array | null): void => void (message !== null && messages.push(message));
    const fees: Told["fees"][number][] = [];
    for (const tx of unit.transactions) keep(this.#transaction(tx, unix_ms));
    for (const { log, name } of candidates) {
      const pool = pools.get(log.address);
      if (pool === undefined || !isEventOf(name, pool.kind)) continue;
      const before = pool.fee;
      keep(this.#poolEvent(log, name, pool, unit.unix_s, unix_ms));
      if (pool.fee !== before) fees.push({ pool, before });
    }
    const stated: Pool[] = [];
    for (const [pool, state] of states) {
      if (state === null) {
        this.#stateLater(pool, unix_ms);
        continue;
      }
      this.#stateless.delete(pool.address);
      stated.push(pool);
      this.#announce(pool, unix_ms);
      this.#emit("market_data", unix_ms, [
        poolStateTlv(pool, { block_number: unit.number, unix_s: unit.unix_s }, state),
      ]);
    }
    if (unit.header !== null) {
      this.#emit("market_data", unix_ms, [chainHeadTlv(this.#chain_id, unit.header)]);
    }
    const bytes = messages.reduce((sum, message) => sum + message.length, 0);
    return { messages, bytes, fees, stated };
  }

  /** Takes back a block: all that was told of it once more as reorged, the last first. */
  takeBack(block: BlockRef, { messages, fees, stated }: Told, unix_ms: number): void {
    for (const [index, message] of [...messages.entries()].toReversed()) {
      this.#emit("market_data", unix_ms, takenBack(message, block, index));
    }
    for (const { pool, before } of fees.toReversed()) {
      pool.fee = before;
      this.#emit("market_data", unix_ms, [poolInfoTlv(this.#chain_id, pool)]);
    }
    for (const pool of stated) this.#state(pool);
  }

  /** Blocks were missed: the state of every pool is told again. */
  restate(): void {
    for (const pool of this.#pools.values()) this.#state(pool);
  }

  pending(tx: ChainTransaction, unix_ms: number): void {
    this.#transaction(tx, unix_ms);
  }

  /** @param detail cut to 128 bytes */
  status(state: CollectorStateName, last_block: number, detail: string, unix_ms: number): void {
    this.#emit("system", unix_ms, [
      {
        name: "CollectorStatus",
        chain_id: this.#chain_id,
        last_block: BigInt(last_block),
        state: COLLECTOR_STATE[state],
        collector_id: `evm-${this.#chain_id}`.slice(0, COLLECTOR_ID_BYTES),
        detail: cutText(detail, DETAIL_BYTES),
      },
    ]);
  }

  /** States at the end of the block, of the pools that have none yet; null where nobody can tell. */
  async #states(
    unknown: readonly Pool[],
    block_number: number,
    isOld: boolean,
  ): Promise<ReadonlyMap<Pool, PoolSnapshot | null>> {
    const { snapshot } = this.#options;
    if (snapshot === undefined) return new Map();
    for (const pool of unknown) this.#state(pool);
    if (isOld) return new Map();
    const stateless = [...this.#stateless.values()].slice(0, ENCODER_LIMITS.states_per_block_count);
    return new Map(
      await Promise.all(
        stateless.map(async ({ pool }) => [pool, await snapshot(pool, block_number)] as const),
      ),
    );
  }

  /** Has the pool's state told. */
  #state(pool: Pool): void {
    this.#stateless.set(pool.address, { pool, refused_ms: null });
  }

  /** Nobody told it: has it told after the next block, unless that was tried for long enough. */
  #stateLater(pool: Pool, unix_ms: number): void {
    const refused_ms = this.#stateless.get(pool.address)?.refused_ms ?? unix_ms;
    if (unix_ms - refused_ms < ENCODER_LIMITS.state_patience_ms) {
      this.#stateless.set(pool.address, { pool, refused_ms });
      return;
    }
    this.#stateless.delete(pool.address);
    this.#options.faults.add("unstated_pool", pool.address);
  }

  #transaction(tx: ChainTransaction, unix_ms: number): Uint8Array | null {
    return this.#emit("market_data", unix_ms, [transactionTlv(this.#chain_id, tx)]);
  }

  /** What was handed over of an event that can be taken back. */
  #poolEvent(
    log: ChainLog,
    name: PoolEventName,
    pool: Pool,
    unix_s: number,
    unix_ms: number,
  ): Uint8Array | null {
    const where = `log ${log.log_index} of block ${log.block_number}`;
    const event = decodePoolEvent(name, log.topics, log.data);
    if (event === null) return this.#fault("malformed_log", where);
    this.#announce(pool, unix_ms);
    if (event.event === "AlgebraFee") {
      pool.fee = event.fee;
      this.#emit("market_data", unix_ms, [poolInfoTlv(this.#chain_id, pool)]);
      return null;
    }
    const tlv = poolEventTlv(event, pool, { block_number: log.block_number, unix_s });
    if (tlv === null) return this.#fault("undirected_swap", where);
    return this.#emit("market_data", unix_ms, [tlv, provenanceTlv(this.#chain_id, log, event)]);
  }

  #announce(pool: Pool, unix_ms: number): void {
    if (this.#pools.get(pool.address) !== undefined) return;
    this.#announceToken(pool.token0, unix_ms);
    this.#announceToken(pool.token1, unix_ms);
    this.#emit("market_data", unix_ms, [poolInfoTlv(this.#chain_id, pool)]);
    this.#pools.set(pool.address, pool);
  }

  #announceToken(token: Token, unix_ms: number): void {
    if (this.#tokens.get(token.address) !== undefined) return;
    this.#emit("market_data", unix_ms, [tokenInfoTlv(this.#chain_id, token)]);
    this.#tokens.set(token.address, true);
  }

  #fault(code: EvmFaultCode, detail: string): null {
    this.#options.faults.add(code, detail);
    return null;
  }

  /** The message that was handed over; null, and counted, where a value does not fit. */
  #emit(domain: DomainName, unix_ms: number, tlvs: TlvInit[]): Uint8Array | null {
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
      return this.#fault("unfit_value", `${tlvs[0]?.name}: ${error.message}`);
    }
    this.#sequence += 1n;
    this.#options.sink(message);
    return message;
  }
}

function candidatesOf(logs: readonly ChainLog[]): Candidate[] {
  return logs
    .map((log) => ({ log, name: poolEventName(log.topics, log.data) }))
    .filter((candidate): candidate is Candidate => candidate.name !== null)
    .toSorted((a, b) => a.log.log_index - b.log.log_index);
}
