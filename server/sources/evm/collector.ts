/** What lasts over the connections to one chain's nodes: what was handed over, which pools are known, what was said. */
import type { CollectorStateName } from "../../../protocol/tlv/registry.ts";
import type { Clock } from "../../clock.ts";
import { BlockFetch } from "./block-fetch.ts";
import { ChainPools } from "./chain-pools.ts";
import { BlockEncoder } from "./encoder.ts";
import type { EvmFaults } from "./faults.ts";
import { Follower } from "./follower.ts";
import { NodeSession } from "./node-session.ts";
import { PendingTransactions } from "./pending.ts";
import { FACTORIES, type Factory, STABLE_TOKENS } from "./registry.ts";
import { PatientRpc } from "./rpc/patient.ts";
import { RpcError } from "./rpc/rpc.ts";
import type { WsRpc } from "./rpc/ws.ts";
import type { EvmLimits } from "./source-limits.ts";

export interface CollectorOptions {
  readonly chain_id: number;
  /** Usual time from one block to the next. */
  readonly block_ms: number;
  /** Beside those of the registry. */
  readonly factories: readonly Factory[];
  readonly stable_tokens: readonly string[];
  readonly clock: Clock;
  /** 0 <= r < 1. */
  readonly random: () => number;
  readonly faults: EvmFaults;
  readonly limits: EvmLimits;
  readonly sink: (message: Uint8Array) => void;
}

export interface ConnectionOptions {
  /** As it may be shown. */
  readonly host: string;
  readonly hasOthers: boolean;
  onState(state: CollectorStateName, detail: string): void;
}

export class Collector {
  readonly chain_id: number;
  readonly follower: Follower;
  readonly #options: CollectorOptions;
  readonly #rpc: PatientRpc;
  readonly #blocks: BlockFetch;
  readonly #encoder: BlockEncoder;
  readonly #pending: PendingTransactions;
  #told = "";
  #onBackfill = (_first: number, _last: number): void => {};

  constructor(options: CollectorOptions) {
    const { chain_id, clock, random, faults, limits, sink } = options;
    this.chain_id = chain_id;
    this.#options = options;
    this.#rpc = new PatientRpc({
      clock,
      random,
      attempts_count: limits.request_attempts_count,
      backoff: { first_ms: limits.backoff_first_ms, most_ms: limits.backoff_most_ms },
    });
    const pools = new ChainPools({
      rpc: this.#rpc,
      clock,
      faults,
      factories: [...FACTORIES.filter((known) => known.chain_id === chain_id), ...options.factories],
      stable_tokens: new Set([...(STABLE_TOKENS.get(chain_id) ?? []), ...options.stable_tokens]),
    });
    this.#encoder = new BlockEncoder({
      chain_id,
      pools,
      faults,
      snapshot: (pool, block_number) => pools.snapshot(pool, block_number),
      sink,
    });
    this.#blocks = new BlockFetch(this.#rpc, faults);
    this.follower = new Follower({
      blocks: this.#blocks,
      encoder: this.#encoder,
      faults,
      clock,
      random,
      limits,
      onBackfill: (first, last) => this.#onBackfill(first, last),
    });
    this.#pending = new PendingTransactions({
      rpc: this.#rpc,
      faults,
      onTransaction: (tx) => this.#encoder.pending(tx, this.#now()),
    });
  }

  /** Collects from this node until the connection is over or of no use; resolves with the reason. */
  async collect(rpc: WsRpc, { host, hasOthers, onState }: ConnectionOptions): Promise<RpcError> {
    const { block_ms, clock, faults, limits } = this.#options;
    const silent_ms = Math.max(limits.silent_least_ms, limits.silent_blocks_count * block_ms);
    this.#rpc.use(rpc);
    this.#blocks.forgetNode();
    this.#onBackfill = (first, last) => onState("backfilling", `blocks ${first} to ${last} from ${host}`);
    const session = new NodeSession({
      rpc,
      host,
      blocks: this.#blocks,
      follower: this.follower,
      pending: this.#pending,
      faults,
      clock,
      silent_ms,
      silences_count: hasOthers ? limits.silences_count : null,
      onLive: () => onState("connected", host),
      onSilent: () => onState("silent", `no block from ${host} for ${silent_ms} ms`),
    });
    try {
      return await session.run();
    } catch (error) {
      if (error instanceof RpcError) return error;
      throw error;
    } finally {
      this.#rpc.use(null);
      this.#pending.clear();
    }
  }

  /** Says how the collector is; not twice the same in a row. */
  status(state: CollectorStateName, detail: string): void {
    const told = `${state} ${detail}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#encoder.status(state, this.follower.last, detail, this.#now());
  }

  #now(): number {
    return Math.floor(this.#options.clock.now().unix_ms);
  }
}
