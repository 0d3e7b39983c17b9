/**
 * The fold: `ingest` appends a message to the log and changes the channels by it. What the channels hold, with every seq,
 * is a function of the messages alone: no clock, no randomness, no I/O, and reading changes nothing.
 */
import { type ChannelKind, isMainChannel, type MainChannel } from "../protocol/stream/channels.ts";
import { OFFSET, TYPE } from "../protocol/tlv/layout.ts";
import type { MessageView } from "../protocol/tlv/view.ts";
import { Arbitrage } from "./arbitrage/arbitrage.ts";
import { Markets } from "./bars/markets.ts";
import { Budget } from "./budget.ts";
import { Chains } from "./chain/heads.ts";
import { Transactions } from "./chain/transactions.ts";
import type { Channel } from "./channel.ts";
import { Clock } from "./clock.ts";
import { epochOf, type ModelOptions, readOptions } from "./config.ts";
import { type ModelCounters, NO_TLV, Tally } from "./counters.ts";
import { PoolEvents } from "./dex/events.ts";
import { poolAddressOf } from "./dex/pool-fold.ts";
import { HAS, POOL } from "./dex/pool-record.ts";
import { Pools } from "./dex/pools.ts";
import { Prices } from "./dex/prices.ts";
import { Tokens } from "./dex/tokens.ts";
import { FeatureEngine } from "./features/engine.ts";
import { Features } from "./features/features.ts";
import { Log } from "./log.ts";
import { u64AsNumber } from "./read.ts";
import { Journal } from "./reorg/journal.ts";
import { SeenTrades } from "./seen-trades.ts";
import { KeyHash } from "./window/key.ts";
import { SeqCounter } from "./window/seq-ring.ts";
import type { Window } from "./window/window.ts";

export type { Channel } from "./channel.ts";
export type { ModelOptions } from "./config.ts";
export type { ModelCounters } from "./counters.ts";

/** Longest key of any table, in words. */
const MAX_KEY_WORDS = 24;
const DEFAULT_HASH_SEED = 0x6d656d70;

const PROVENANCE = OFFSET.Provenance;
const HEAD = OFFSET.ChainHead;

export class Model {
  readonly epoch: string;
  readonly channels: ReadonlyMap<MainChannel, Channel>;
  readonly counters: ModelCounters;
  readonly #counter = new SeqCounter();
  readonly #clock = new Clock();
  readonly #tally = new Tally();
  readonly #log: Log;
  readonly #journal: Journal;
  readonly #tokens: Tokens;
  readonly #pools: Pools;
  readonly #prices: Prices;
  readonly #events: PoolEvents;
  readonly #transactions: Transactions;
  readonly #chains: Chains;
  readonly #features: Features;
  readonly #arbitrage: Arbitrage;
  readonly #markets: Markets;
  readonly #trades: SeenTrades;
  readonly #budget: Budget;

  /** Throws RangeError naming the option that is out of its bounds. */
  constructor(options: ModelOptions) {
    const config = readOptions(options);
    const hash = new KeyHash(options.hash_seed ?? DEFAULT_HASH_SEED, MAX_KEY_WORDS);
    const { caps, chains } = config;
    this.#journal = new Journal(hash, this.#tally);
    const context = {
      counter: this.#counter,
      clock: this.#clock,
      tally: this.#tally,
      journal: this.#journal,
      hash,
      chains,
    };
    this.epoch = epochOf(config);
    this.#log = new Log(config.log_bytes);
    this.#tokens = new Tokens(caps["pool.state"], hash);
    this.#pools = new Pools(caps["pool.state"], this.#tokens, context);
    this.#prices = new Prices(this.#pools);
    this.#events = new PoolEvents(caps["pool.main"], context);
    const engine = new FeatureEngine(config.features, context);
    this.#transactions = new Transactions(caps["tx.main"], engine, context);
    this.#features = new Features(caps["feature.main"], caps["feature.top"], engine, context);
    this.#chains = new Chains(caps["chain.main"], context);
    this.#arbitrage = new Arbitrage(
      caps["opportunity.main"],
      this.#pools.registry,
      this.#chains,
      config.arbitrage,
      context,
    );
    this.#markets = new Markets(
      { symbols: caps["market.main"], chains: caps["chain.main"], poolEvents: caps["pool.main"] },
      config.bars,
      context,
    );
    this.#trades = new SeenTrades(hash);

    const windows: readonly Window[] = [
      this.#transactions.window,
      this.#events.window,
      this.#pools.window,
      this.#features.main,
      this.#features.top,
      this.#arbitrage.window,
      this.#chains.window,
      this.#markets.window,
    ];
    this.channels = new Map(
      windows.flatMap((window) => (isMainChannel(window.name) ? [[window.name, window] as const] : [])),
    );
    this.#budget = new Budget(
      config.byte_budget_bytes,
      {
        log: this.#log.bytes,
        undo: this.#journal.bytes + this.#pools.undoBytes,
        duplicates: this.#events.seen.bytes + this.#transactions.seen.bytes + this.#trades.bytes,
        windows: windows.reduce((sum, window) => sum + window.fixedBytes, 0),
        registries:
          this.#tokens.bytes +
          this.#pools.registry.bytes +
          this.#prices.bytes +
          this.#transactions.bytes +
          this.#chains.bytes +
          this.#features.bytes +
          this.#arbitrage.bytes,
        bars: this.#markets.bytes,
      },
      {
        ...Object.fromEntries(windows.map((window) => [window.name, window])),
        "market.bars": this.#markets.store,
        archive: this.#transactions.archive,
      },
    );
    const tally = this.#tally;
    const markets = this.#markets;
    this.counters = {
      duplicates: tally.duplicates,
      faults: tally.faults,
      bars: tally.bars,
      get evictions() {
        const stores = [...windows, markets.store];
        return Object.fromEntries(stores.map((s) => [s.name, s.evictions])) as Record<ChannelKind, number>;
      },
      get messages() {
        return tally.messages();
      },
    };
  }

  /** null: the name of no channel. That of bars of a symbol that is not known is empty until it is. */
  channel(name: string): Channel | null {
    return isMainChannel(name) ? (this.channels.get(name) ?? null) : this.#markets.channel(name);
  }

  /** Seq of the last change. */
  get headSeq(): number {
    return this.#counter.head;
  }

  /** Messages folded: the number of the last one in the log. */
  get latestIngestSeq(): number {
    return this.#log.latest;
  }

  /** The fold's clock; 0 before the first message. */
  get eventTimeUnixMs(): number {
    return this.#clock.now;
  }

  /** Transactions that `transaction` can tell of. */
  get detailIndexSize(): number {
    return this.#transactions.window.count + this.#transactions.archive.count;
  }

  /** Appends the view's message to the log and folds it. The buffer may be reused after. */
  ingest(view: MessageView): void {
    const number = this.#log.append(view);
    if (this.#log.oldest > number) this.#tally.faults.log_oversize++;

    // The first TLV is the event; of its companions, infos are learnt before it is folded.
    const { data } = view;
    const hasEvent = view.firstTlv();
    const type = hasEvent ? view.type : NO_TLV;
    const value = view.valueStart;
    let provenance = -1;
    let meta = -1;
    for (let more = hasEvent; more; more = view.nextTlv()) {
      if (view.type === TYPE.TokenInfo) this.#tokens.learn(data, view.valueStart);
      else if (view.type === TYPE.PoolInfo) this.#pools.learn(data, view.valueStart);
      else if (view.type === TYPE.InstrumentInfo)
        this.#markets.sources.instruments.learn(data, view.valueStart);
      else if (view.type === TYPE.Provenance) provenance = view.valueStart;
      else if (view.type === TYPE.TradeMeta) meta = view.valueStart;
    }
    this.#tally.byType[type] = (this.#tally.byType[type] as number) + 1;

    const isOnTime =
      type === TYPE.Tick ? this.#clock.tick(u64AsNumber(data, value)) : this.#clock.header(view.timestampMs);
    if (!isOnTime) this.#tally.faults.clock_outlier++;

    this.#fold(view, type, value, provenance, meta, number);
    this.#budget.enforce();
  }

  #fold(
    view: MessageView,
    type: number,
    value: number,
    provenance: number,
    meta: number,
    number: number,
  ): void {
    const { data } = view;
    switch (type) {
      case TYPE.PoolSwap:
      case TYPE.PoolSync:
      case TYPE.PoolMint:
      case TYPE.PoolBurn:
      case TYPE.PoolState:
        this.#foldPoolEvent(data, type, value, provenance, number);
        break;
      case TYPE.Transaction: {
        const isUndone = provenance >= 0 && data.getUint8(provenance + PROVENANCE.reorged) !== 0;
        if (this.#transactions.fold(data, value, view.source, isUndone, number)) {
          this.#chains.countTransaction(data, value + OFFSET.Transaction.chain_id);
          this.#features.fold(data, value);
        }
        break;
      }
      case TYPE.Tick:
        this.#transactions.tick();
        this.#chains.tick();
        this.#features.tick();
        this.#prices.tick();
        this.#arbitrage.tick();
        this.#markets.tick();
        break;
      case TYPE.ChainHead: {
        this.#journal.enter(
          data,
          value + HEAD.chain_id,
          value + HEAD.block_number,
          value + HEAD.block_hash,
          true,
        );
        const isNewHead = this.#chains.head(data, value);
        this.#prices.head(data, value + HEAD.chain_id);
        if (isNewHead) this.#arbitrage.evaluate(data, value);
        this.#markets.head(data, value);
        break;
      }
      case TYPE.CollectorStatus:
        this.#chains.collector(data, value);
        break;
      case TYPE.GasPrice:
        this.#chains.gasPrice(data, value);
        break;
      case TYPE.ArbitrageSignal:
        this.#arbitrage.signal(data, value, view.source);
        break;
      case TYPE.Trade:
        if (this.#trades.isDuplicate(data, value, meta)) this.#tally.duplicates.trade++;
        else this.#markets.trade(data, value, meta);
        break;
    }
  }

  #foldPoolEvent(data: DataView, type: number, value: number, provenance: number, number: number): void {
    const { registry } = this.#pools;
    const chain = provenance < 0 ? -1 : provenance + PROVENANCE.chain_id;
    if (chain >= 0 && data.getUint8(provenance + PROVENANCE.reorged) !== 0) {
      this.#journal.undo(data, chain, provenance + PROVENANCE.block_hash);
      const isNews = this.#events.takeBack(data, provenance);
      if (isNews && type === TYPE.PoolSwap) this.#markets.undo(data, provenance);
      return;
    }
    if (!this.#events.admit(data, provenance, number)) return;
    this.#enterBlock(data, type, value, provenance);
    const pool = this.#pools.apply(type, data, value, chain);
    if (pool >= 0) this.#arbitrage.touch(pool, type === TYPE.PoolSwap);
    // A PoolState is no row: what it tells, pool.state shows.
    if (type !== TYPE.PoolState) this.#events.add(type, data, value, provenance, number, registry, pool);
    if (pool >= 0) this.#pools.publish(pool);
    if (type !== TYPE.PoolSwap) return;
    if (pool >= 0) this.#markets.swap(data, value, provenance, number, registry, pool);
    if (chain >= 0) this.#chains.countSwap(data, chain);
    else if (pool >= 0 && registry.has(pool, HAS.chain)) {
      const { records } = registry;
      this.#chains.countSwap(records.data, records.at(pool) + POOL.chain_id);
    }
  }

  /** What a pool event changes counts to its block; to the newest of its pool's chain where it names none. */
  #enterBlock(data: DataView, type: number, value: number, provenance: number): void {
    if (provenance >= 0) {
      const { chain_id, block_number, block_hash } = PROVENANCE;
      this.#journal.enter(data, provenance + chain_id, provenance + block_number, provenance + block_hash);
      return;
    }
    const { registry } = this.#pools;
    const pool = registry.find(data, value + poolAddressOf(type));
    if (pool < 0 || !registry.has(pool, HAS.chain)) this.#journal.leave();
    else this.#journal.enterNewest(registry.records.data, registry.records.at(pool) + POOL.chain_id);
  }

  /**
   * Details of a transaction by its hash (0x lower-case hex): the entity's fields, `life` (status, unix_ms,
   * block_number, oldest first), `archived` (its row has left tx.main) and `pool_events`, the ids of those that pool.main
   * holds. null where the model holds it no more or never did.
   */
  transaction(hash: string): Record<string, unknown> | null {
    const found = this.#transactions.find(hash);
    if (found === null) return null;
    const { entity, life, archived } = found;
    return { ...entity, life, archived, pool_events: this.#events.ofTransaction(hash) };
  }

  /**
   * The bytes of the message that a held pool event (by its id) or transaction (by its hash) last came with; null where
   * the id names none, or the log's ring has let the message go.
   */
  eventTlv(id: string): Uint8Array | null {
    const number = this.#events.numberOf(id) ?? this.#transactions.numberOf(id);
    return number === null ? null : this.#log.read(number);
  }

  /** Bytes by purpose, counted by rule: fixed tables by their size, rows by what a row of their channel counts. */
  bytesHeld(): Record<string, number> {
    return this.#budget.held();
  }
}
