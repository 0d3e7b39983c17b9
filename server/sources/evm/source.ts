/**
 * A chain's live state as a source, through any of its nodes: what was handed over is brought up to the chain after
 * whatever happened, and a connection that fails is made anew, to the next endpoint where there is one. See docs/evm.md
 * for what happens on each failure.
 *
 *   reconnecting --connected--> backfilling --head reached--> connected <--> silent
 *        ^                          |                            |             |
 *        +------- the connection failed, or is of no use --------+-------------+      stop: stopped, from anywhere
 */

import type { CollectorStateName } from "../../../protocol/tlv/registry.ts";
import { chance } from "../../backoff.ts";
import { type Clock, systemClock } from "../../clock.ts";
import type { Source } from "../source.ts";
import { Collector } from "./collector.ts";
import { Endpoints } from "./endpoints.ts";
import { EVM_FAULT_CODES, EvmFaults } from "./faults.ts";
import type { Factory } from "./registry.ts";
import { askChainId } from "./rpc/chain-id.ts";
import { hostOf, parseRpcUrl, RpcError } from "./rpc/rpc.ts";
import { WsRpc } from "./rpc/ws.ts";
import { type EvmLimits, readLimits } from "./source-limits.ts";

export interface EvmSourceOptions {
  /** `ws://` or `wss://` URLs of nodes of one chain, the preferred one first; at least one. */
  readonly endpoints: readonly [string, ...string[]];
  /** For log lines and metrics. Default: the first endpoint's host. */
  readonly name?: string;
  /**
   * The chain that the endpoints must be of. With it the source waits for a node that is not there yet; without it, it
   * takes that of the first node that answers, and rejects where none does.
   */
  readonly chain_id?: number;
  /** Usual time from one block to the next. Default 12 s. */
  readonly block_ms?: number;
  /** Of message headers. Default: the machine's. */
  readonly clock?: Clock;
  /** Beside those of the registry, of the node's chain. */
  readonly factories?: readonly Factory[];
  /** Beside those of the registry, of the node's chain; 0x lower-case hex. */
  readonly stable_tokens?: readonly string[];
  /** In place of the usual ones. */
  readonly limits?: Partial<EvmLimits>;
  /** Takes one line for the operator: the connection is lost, it is there again, the first fault of a code. */
  readonly log?: (line: string) => void;
}

const DEFAULT_BLOCK_MS = 12_000;
const MS_PER_S = 1_000;

export class EvmSource implements Source {
  readonly name: string;
  readonly live = true;
  readonly faults = new EvmFaults((line) => this.#options.log?.(`${this.name}: the first ${line}`));
  readonly #options: EvmSourceOptions;
  readonly #clock: Clock;
  readonly #limits: EvmLimits;
  readonly #urls: readonly URL[];
  readonly #endpoints: Endpoints;
  #rpc: WsRpc | null = null;
  /** Null until the chain is known. */
  #collector: Collector | null = null;
  /** When the connection was of use first, monotonic ms; null where it is not. */
  #liveSince: number | null = null;
  #wasLive = false;
  readonly #stop = new AbortController();
  #endPause = (): void => {};

  /** Throws RpcError where a URL is none of a WebSocket, RangeError naming a limit that is out of its bounds. */
  constructor(options: EvmSourceOptions) {
    this.#urls = options.endpoints.map((url) => parseRpcUrl(url, ["ws:", "wss:"]));
    this.name = options.name ?? hostOf(this.#urls[0] as URL);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#limits = readLimits(options.limits ?? {});
    this.#endpoints = new Endpoints(this.#urls.length, {
      backoff: { first_ms: this.#limits.backoff_first_ms, most_ms: this.#limits.backoff_most_ms },
      breaker_failures_count: this.#limits.breaker_failures_count,
      breaker_open_ms: this.#limits.breaker_open_ms,
      healthy_ms: this.#limits.healthy_ms,
    });
  }

  /** The node's chain, once it is known. */
  get chainId(): number | null {
    return this.#collector?.chain_id ?? this.#options.chain_id ?? null;
  }

  /** Number of the last block that was handed over whole; 0 before the first. */
  get lastBlock(): number {
    return this.#collector?.follower.last ?? 0;
  }

  faultCounts(): Record<string, number> {
    return Object.fromEntries(EVM_FAULT_CODES.map((code) => [code, this.faults.count(code)]));
  }

  async start(sink: (message: Uint8Array) => void): Promise<void> {
    const { chain_id } = this.#options;
    if (chain_id !== undefined) this.#collector = this.#createCollector(chain_id, sink);
    let why = "";
    try {
      for (let tries = 1; !this.#stop.signal.aborted; tries++) {
        const error = await this.#connect(sink);
        if (this.#stop.signal.aborted) return;
        why = error.message;
        if (chain_id === undefined && !this.#wasLive && tries >= this.#urls.length) throw error;
        await this.#awaitTurn(error);
      }
    } finally {
      this.#collector?.status("stopped", why);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#rpc?.close();
    this.#endPause();
  }

  /** One connection, to its end; resolves with what ended it. */
  async #connect(sink: (message: Uint8Array) => void): Promise<RpcError> {
    const url = this.#urls[this.#endpoints.next.index] as URL;
    const host = hostOf(url);
    try {
      const rpc = await WsRpc.open(url, this.#clock, this.#limits, this.#stop.signal);
      this.#rpc = rpc;
      if (this.#stop.signal.aborted) return new RpcError("stopped");
      const chain_id = await askChainId(rpc);
      this.#collector ??= this.#createCollector(chain_id, sink);
      if (chain_id !== this.#collector.chain_id) {
        return new RpcError(`${host} is a node of chain ${chain_id}, not of ${this.#collector.chain_id}`);
      }
      return await this.#collector.collect(rpc, {
        host,
        hasOthers: this.#urls.length > 1,
        onState: (state, detail) => this.#onState(state, detail),
      });
    } catch (error) {
      if (error instanceof RpcError) return error;
      throw error;
    } finally {
      this.#rpc?.close();
      this.#rpc = null;
    }
  }

  #onState(state: CollectorStateName, detail: string): void {
    if (state === "connected" && this.#liveSince === null) {
      this.#liveSince = this.#clock.now().ms;
      if (this.#wasLive) this.#options.log?.(`${this.name}: connected again, ${detail}`);
      this.#wasLive = true;
    }
    this.#collector?.status(state, detail);
  }

  /** Says why it is over, and waits until the next endpoint may be tried. */
  async #awaitTurn(error: RpcError): Promise<void> {
    const now = this.#clock.now().ms;
    const held = this.#liveSince === null ? 0 : now - this.#liveSince;
    this.#liveSince = null;
    this.#endpoints.failed(now, held, chance(), error.retry_after_ms ?? 0);
    const { index, at_ms } = this.#endpoints.next;
    const host = hostOf(this.#urls[index] as URL);
    const wait = Math.max(0, at_ms - now);
    const next = `${host} in ${(wait / MS_PER_S).toFixed(1)} s`;
    this.#collector?.status("reconnecting", `${error.message}; next ${next}`);
    this.#options.log?.(`${this.name}: ${error.message}; next ${next}`);
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(wait, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  #createCollector(chain_id: number, sink: (message: Uint8Array) => void): Collector {
    return new Collector({
      chain_id,
      block_ms: this.#options.block_ms ?? DEFAULT_BLOCK_MS,
      factories: this.#options.factories ?? [],
      stable_tokens: this.#options.stable_tokens ?? [],
      clock: this.#clock,
      random: chance,
      faults: this.faults,
      limits: this.#limits,
      sink,
    });
  }
}
