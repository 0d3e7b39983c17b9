/** What happens on the chains of a run: entries drawn for its log, from few ids, so that they meet. */
import {
  address,
  chainHead,
  collectorStatus,
  hash,
  mint,
  poolState,
  START_MS,
  swap,
  sync,
  tick,
  trade,
  transaction,
} from "../model/testing/messages.ts";
import { CHANNEL_NAMES, type ChannelName } from "../protocol/stream/channels.ts";
import type { Random } from "../workers/testing/random.ts";
import { BARS_TRADED, type Caps, capOf, type Entry, SYMBOLS } from "./log.ts";

export interface Traffic {
  /** What a new log begins with. */
  opening(): Entry[];
  next(): Entry;
  /** Changes every channel. */
  lastOfAll(): Entry[];
}

const TX_STATUSES = ["pending", "included", "reverted", "replaced", "dropped"] as const;
const CHAINS = [1n, 137n] as const;
const POOLS = 7;

/** Messages are made once a process: a seed's are mostly those of the seeds before it. */
const made = new Map<string, Uint8Array>();
const MADE_COUNT = 20_000;

function message(key: string, make: () => Uint8Array): Entry {
  let bytes = made.get(key);
  if (bytes === undefined) {
    bytes = make();
    if (made.size < MADE_COUNT) made.set(key, bytes);
  }
  return { kind: "message", bytes };
}

/** TLV messages as the sources send them: transactions and what becomes of them, pool events, trades, heads, Ticks. */
export class MessageTraffic implements Traffic {
  readonly #random: Random;
  #transactions = 0;
  #events = 0;
  #heads = 0;
  #trades = 0;
  #seconds = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  opening(): Entry[] {
    return [this.#tick(), this.#head(1n), ...Array.from({ length: 30 }, () => this.next())];
  }

  lastOfAll(): Entry[] {
    const n = ++this.#events;
    const at = { log_index: n, block_hash: hash(n), tx_hash: hash(1) };
    const last = message(`last ${n}`, () => swap({ pool_address: address(0x100), amount_in: BigInt(n) }, at));
    const trades = SYMBOLS.map((symbol) => this.#trade(symbol));
    return [this.#tick(), this.#head(1n), this.#transaction(), last, ...trades];
  }

  next(): Entry {
    const draw = this.#random.next();
    if (draw < 0.3) return this.#transaction();
    if (draw < 0.45) return this.#statusChange();
    if (draw < 0.7) return this.#poolEvent();
    if (draw < 0.85) return this.#trade(this.#random.pick(SYMBOLS));
    if (draw < 0.9) return this.#head(this.#random.pick(CHAINS));
    if (draw < 0.92) return this.#collector();
    return this.#tick();
  }

  #transaction(): Entry {
    const n = ++this.#transactions;
    return message(`tx ${n}`, () => transaction(n));
  }

  #statusChange(): Entry {
    const n = Math.max(1, this.#transactions - this.#random.below(60));
    const status = this.#random.pick(TX_STATUSES);
    const block = this.#random.between(1, 3);
    const undone = this.#random.chance(0.1);
    return message(`tx ${n} ${status} ${block} ${undone}`, () => {
      const inBlock = status === "included" || status === "reverted";
      const fields = inBlock ? { status, block_number: BigInt(block) } : { status };
      return transaction(n, fields, undone ? { reorged: 1 } : null);
    });
  }

  #poolEvent(): Entry {
    const n = ++this.#events;
    const pool = this.#random.below(POOLS);
    const kind = this.#random.below(5);
    return message(`pool ${n} ${pool} ${kind}`, () => {
      const pool_address = address(0x100 + pool);
      const at = { log_index: n, block_hash: hash(n), tx_hash: hash(1 + (n % 50)) };
      if (kind === 0) return sync({ pool_address }, at);
      if (kind === 1) return mint({ pool_address }, at);
      if (kind === 2) return poolState({ pool_address, liquidity: BigInt(n) });
      // Reported later, or by a node that undid it.
      if (kind === 3)
        return swap({ pool_address }, { ...at, log_index: Math.ceil(n / 2), reorged: n % 3 === 0 ? 1 : 0 });
      return swap({ pool_address, amount_in: BigInt(n) }, at);
    });
  }

  /** Around the fold's time: late ones, and some for bars that are gone. */
  #trade(symbol: string): Entry {
    const n = ++this.#trades;
    const ms = START_MS + Math.max(0, this.#seconds * 1000 - this.#random.below(20) * 250);
    return message(`trade ${n} ${symbol} ${ms}`, () => trade(n, { symbol, ms }));
  }

  #head(chain_id: bigint): Entry {
    const n = ++this.#heads;
    return message(`head ${n} ${chain_id}`, () => chainHead(n, { chain_id }));
  }

  #collector(): Entry {
    const state = this.#random.pick(["connected", "stopped"] as const);
    return message(`collector ${state}`, () => collectorStatus(state));
  }

  #tick(): Entry {
    const n = ++this.#seconds;
    return message(`tick ${n}`, () => tick(START_MS + n * 1000));
  }
}

const WINDOWS: readonly ChannelName[] = [...CHANNEL_NAMES, ...BARS_TRADED];
const BUSY_COUNT = 5;

/** Puts, removals and sheds, straight into windows: of few channels a run, so that cursors in these leave reach. */
export class WindowTraffic implements Traffic {
  readonly #random: Random;
  readonly #caps: Caps;
  readonly #busy: readonly ChannelName[];
  #fresh = 1_000;

  constructor(random: Random, caps: Caps) {
    this.#random = random;
    this.#caps = caps;
    this.#busy = Array.from({ length: BUSY_COUNT }, () => random.pick(WINDOWS));
  }

  opening(): Entry[] {
    return Array.from({ length: 40 }, () => this.next());
  }

  lastOfAll(): Entry[] {
    return WINDOWS.map((channel) => ({ kind: "put", channel, n: ++this.#fresh }));
  }

  next(): Entry {
    const random = this.#random;
    const channel = random.pick(this.#busy);
    const draw = random.next();
    // Half again as many ids as rows: some meet, some evict.
    const n = random.below(Math.ceil(capOf(this.#caps, channel) * 1.5));
    if (draw < 0.25) return { kind: "remove", channel, n };
    if (draw < 0.27) return { kind: "shed", channel, n: random.between(0, 3) };
    return { kind: "put", channel, n };
  }
}
