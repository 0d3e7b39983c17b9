/**
 * The arbitrage engine: which pairs a block touched, and at its ChainHead what each two of their pools gain against each
 * other. Rules and formulas: docs/opportunities.md.
 */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import type { Chains } from "../chain/heads.ts";
import type { FoldContext } from "../context.ts";
import { decimalsOrNull, PAIR, POOL } from "../dex/pool-record.ts";
import type { PoolRegistry } from "../dex/pool-registry.ts";
import type { Window } from "../window/window.ts";
import { gainOf, type Rates } from "./gain.ts";
import { Opportunities } from "./opportunities.ts";
import type { ArbitrageConfig } from "./options.ts";
import { Pairs } from "./pairs.ts";
import { type Glance, glanceAt, mayGain, type PoolView, viewOf } from "./pool-view.ts";

const HEAD = OFFSET.ChainHead;
const SIGNAL = OFFSET.ArbitrageSignal;
const WEI_PER_COIN = 1e18;

/** What a gas costs at a block. */
interface GasPrice {
  readonly wei: bigint;
  readonly usd: number;
}

export class Arbitrage {
  readonly #registry: PoolRegistry;
  readonly #chains: Chains;
  readonly #config: ArbitrageConfig;
  readonly #pairs: Pairs;
  readonly #opportunities: Opportunities;
  /** A signal's chain id as pools have it: a u64. */
  readonly #chain = new DataView(new ArrayBuffer(8));

  constructor(
    cap: number,
    registry: PoolRegistry,
    chains: Chains,
    config: ArbitrageConfig,
    context: FoldContext,
  ) {
    this.#registry = registry;
    this.#chains = chains;
    this.#config = config;
    this.#pairs = new Pairs(registry, context.hash);
    this.#opportunities = new Opportunities(cap, registry, config, context);
    context.journal.add(this.#opportunities);
  }

  get window(): Window {
    return this.#opportunities.window;
  }

  get bytes(): number {
    return this.#pairs.bytes + this.#opportunities.bytes;
  }

  /** A pool's state changed: its pair is looked at with its chain's next head. */
  touch(pool: number, isSwap: boolean): void {
    this.#pairs.touch(pool, isSwap);
  }

  /** A block is whole: its ChainHead lies at `value`. While the past is fetched, what was touched waits. */
  evaluate(data: DataView, value: number): void {
    const chain = value + HEAD.chain_id;
    if (this.#chains.isBackfilling(data, chain)) return;
    const touched = this.#pairs.takeTouched(data, chain);
    if (touched.length === 0) return;
    const gas = this.#gasPrice(data, chain);
    const block = data.getBigUint64(value + HEAD.block_number, true);
    for (const pair of touched) this.#evaluatePair(pair, gas, block);
  }

  tick(): void {
    this.#opportunities.tick();
  }

  /** Takes an ArbitrageSignal. `source`: of the message's header. */
  signal(data: DataView, value: number, source: number): void {
    this.#chain.setUint32(0, data.getUint32(value + SIGNAL.chain_id, true), true);
    const [one, other] = [value + SIGNAL.token_in, value + SIGNAL.token_out];
    const pool = this.#pairs.findEither(this.#chain, data, one, other);
    this.#opportunities.signal(data, value, source, pool);
  }

  /** Null where nobody told what a gas costs, or what the coin is worth that it is paid in. */
  #gasPrice(data: DataView, chain: number): GasPrice | null {
    const { graph } = this.#registry;
    const wei = this.#chains.gasCost(data, chain, this.#config.usual_tip_wei);
    const section = graph.sectionAt(data, chain);
    const coinUsd = section < 0 ? 0 : graph.nativePrice(section);
    return wei === null || coinUsd === 0 ? null : { wei, usd: (Number(wei) / WEI_PER_COIN) * coinUsd };
  }

  /** Every two pools of the pair, both ways. What gains at a glance is reckoned with. */
  #evaluatePair(pair: number, gas: GasPrice | null, block: bigint): void {
    const pools = this.#pairs.poolsOf(pair);
    const isSwapped = pools.map((pool) => this.#pairs.takeSwapped(pool));
    const [first] = pools;
    if (first === undefined || pools.length < 2) return;
    const quoteIs0 = this.#doesToken0Quote(first);
    const rates = gas === null ? null : this.#ratesOf(first, quoteIs0, gas.usd);
    const glances = pools.map((pool) => glanceAt(this.#registry, pool, quoteIs0));
    const views = new Map<number, PoolView | null>();
    for (let i = 0; i < pools.length; i++) {
      const buyPool = pools[i] as number;
      for (let j = 0; j < pools.length; j++) {
        if (i === j) continue;
        const sellPool = pools[j] as number;
        const isWorthIt = rates !== null && mayGain(glances[i] as Glance, glances[j] as Glance);
        const buy = isWorthIt ? this.#view(views, buyPool, quoteIs0) : null;
        const sell = isWorthIt ? this.#view(views, sellPool, quoteIs0) : null;
        const isReckoned = buy !== null && sell !== null && rates !== null && gas !== null;
        const gain = isReckoned ? gainOf(buy, sell, rates, this.#config) : null;
        if (isReckoned && gain !== null) {
          this.#opportunities.found(buy, sell, { gain, block, gasPriceWei: gas.wei, quoteIs0 });
        } else this.#opportunities.lost(buyPool, sellPool, Boolean(isSwapped[i] || isSwapped[j]));
      }
    }
  }

  /** A pool as the engine needs it, made once for all ways of its pair. */
  #view(views: Map<number, PoolView | null>, pool: number, quoteIs0: boolean): PoolView | null {
    let view = views.get(pool);
    if (view === undefined) {
      view = viewOf(this.#registry, pool, quoteIs0);
      views.set(pool, view);
    }
    return view;
  }

  #doesToken0Quote(pool: number): boolean {
    return this.#registry.records.getByte(pool, POOL.pair + PAIR.token0_quotes) === 1;
  }

  /** Null where the quote's price or decimals are unknown. */
  #ratesOf(pool: number, quoteIs0: boolean, gasUsd: number): Rates | null {
    const { records, graph } = this.#registry;
    const decimals = records.getByte(pool, POOL.pair + (quoteIs0 ? PAIR.decimals0 : PAIR.decimals1));
    const quoteDecimals = decimalsOrNull(decimals);
    const quoteUsd = graph.priceOf(2 * pool + (quoteIs0 ? 0 : 1));
    return quoteDecimals === null || quoteUsd === 0 ? null : { quoteUsd, quoteDecimals, gasUsd };
  }
}
