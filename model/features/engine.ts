/**
 * What a transaction is and how it scores, from its TLV and the registry alone: words are compared with words, and the
 * answer stands in this object's fields until the next one, so that nothing is made a transaction.
 */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import { TX_FLAG } from "../../protocol/tlv/registry.ts";
import type { FoldContext } from "../context.ts";
import { parseHex } from "../hex.ts";
import { isZero, U256_WORDS, u64AsNumber } from "../read.ts";
import { Key } from "../window/key.ts";
import { KeyTable } from "../window/key-table.ts";
import type { FeatureConfig } from "./options.ts";
import {
  CATEGORIES,
  ERC20_PROTOCOL,
  ERC20_SELECTORS,
  MEV_BASE,
  MULTICALL_SELECTORS,
  SCORES,
  UNKNOWN_PROTOCOL,
} from "./rules.ts";
import { SELECTOR_RULES } from "./selectors.ts";

const ADDRESS_BYTES = 20;
const SELECTOR_BYTES = 4;
const MAX_INNER = 4;
/** Chain id, address. */
const ADDRESS_WORDS = 7;
const GWEI = 1_000_000_000;
const MAINNET = 1;

const UNKNOWN = 0;
const ERC20 = 1;
const SWAP = CATEGORIES.indexOf("swap");
const TRANSFER = CATEGORIES.indexOf("transfer");
const DEPLOY = CATEGORIES.indexOf("deploy");
const OTHER = CATEGORIES.indexOf("other");
/** By the category's number. */
const MEV_OF = Uint8Array.from(CATEGORIES, (category) => MEV_BASE[category]);

/** Selectors that have a meaning of their own here. */
const MEANS = { multicall: 1, erc20: 2 } as const;

const AT = OFFSET.Transaction;

export class FeatureEngine {
  /** Protocols by number. */
  readonly protocols: readonly string[];
  /** Of the transaction that was classified last: numbers of its protocol and category, and its scores. */
  protocol = UNKNOWN;
  category = OTHER;
  urgency = 0;
  mev = 0;
  readonly #offMainnet: number;
  readonly #addresses: KeyTable;
  readonly #protocolOf: Uint16Array;
  readonly #selectors: KeyTable;
  readonly #categoryOf: Uint8Array;
  readonly #knownOnly: Uint8Array;
  readonly #meaningOf: Uint8Array;
  readonly #addressKey: Key;
  readonly #selectorKey: Key;

  constructor({ mev_off_mainnet }: FeatureConfig, { chains, hash }: Pick<FoldContext, "chains" | "hash">) {
    this.#offMainnet = mev_off_mainnet;
    this.#addressKey = new Key(ADDRESS_WORDS, hash);
    this.#selectorKey = new Key(1, hash);
    const calls = chains.flatMap(({ chain_id, protocols }) =>
      Object.entries(protocols).map(([address, name]) => ({ chain_id, address, name })),
    );
    this.protocols = [...new Set([UNKNOWN_PROTOCOL, ERC20_PROTOCOL, ...calls.map(({ name }) => name)])];
    this.#addresses = new KeyTable(Math.max(1, calls.length), ADDRESS_WORDS);
    this.#protocolOf = Uint16Array.from(calls, ({ name }) => this.protocols.indexOf(name));
    for (const [slot, { chain_id, address }] of calls.entries()) {
      this.#addressKey.words[0] = chain_id;
      this.#addressKey.words[1] = chain_id / 2 ** 32;
      parseHex(address, ADDRESS_BYTES, this.#addressKey.words, 2);
      this.#addresses.insert(slot, this.#addressKey.seal());
    }

    const rows = [
      ...SELECTOR_RULES,
      ...MULTICALL_SELECTORS.map((selector) => ({ selector, category: "other" as const, known_only: false })),
    ];
    this.#selectors = new KeyTable(rows.length, 1);
    this.#categoryOf = Uint8Array.from(rows, ({ category }) => CATEGORIES.indexOf(category));
    this.#knownOnly = Uint8Array.from(rows, ({ known_only }) => (known_only ? 1 : 0));
    this.#meaningOf = Uint8Array.from(rows, ({ selector }) => {
      if (MULTICALL_SELECTORS.includes(selector)) return MEANS.multicall;
      return ERC20_SELECTORS.includes(selector) ? MEANS.erc20 : 0;
    });
    for (const [slot, { selector }] of rows.entries()) {
      parseHex(selector, SELECTOR_BYTES, this.#selectorKey.words, 0);
      this.#selectors.insert(slot, this.#selectorKey.seal());
    }
  }

  /** Classifies the Transaction whose value lies at `value`. */
  classify(data: DataView, value: number): void {
    const flags = data.getUint8(value + AT.flags);
    const calldata = data.getUint32(value + AT.calldata_length, true);
    const selector = calldata < SELECTOR_BYTES ? -1 : this.#selector(data, value + AT.method_selector);
    const isCall = (flags & TX_FLAG.to) !== 0;
    const address = isCall ? this.#address(data, value) : -1;
    const isKnown = address >= 0;
    if (isKnown) this.protocol = this.#protocolOf[address] as number;
    else this.protocol = isCall && this.#means(selector, MEANS.erc20) ? ERC20 : UNKNOWN;
    const hasValue = !isZero(data, value + AT.value, U256_WORDS);
    if (!isCall) this.category = DEPLOY;
    else if (calldata === 0) this.category = hasValue ? TRANSFER : OTHER;
    else if (this.#means(selector, MEANS.multicall)) this.category = this.#held(data, value, isKnown);
    else this.category = this.#category(selector, isKnown);

    const txType = data.getUint8(value + AT.tx_type);
    this.urgency = urgencyOf(data, value, flags, txType);
    let mev = MEV_OF[this.category] as number;
    if (isKnown) mev += SCORES.dex;
    if (calldata > SCORES.calldata_bytes) mev += SCORES.calldata;
    if (hasValue) mev += SCORES.value;
    if (isAtLeast(data, value + AT.gas_limit, SCORES.gas_limit_gas)) mev += SCORES.gas_limit;
    if (txType === 3) mev += SCORES.type_3;
    mev += Math.floor(this.urgency / SCORES.urgency_per_mev);
    if (!isMainnet(data, value + AT.chain_id)) mev -= this.#offMainnet;
    this.mev = Math.max(0, Math.min(SCORES.max, mev));
  }

  get bytes(): number {
    return (
      this.#addresses.bytes +
      this.#protocolOf.byteLength +
      this.#selectors.bytes +
      this.#categoryOf.byteLength +
      this.#knownOnly.byteLength +
      this.#meaningOf.byteLength
    );
  }

  /** Slot of what is called, or -1. */
  #address(data: DataView, value: number): number {
    this.#addressKey.take(0, data, value + AT.chain_id, 2).take(2, data, value + AT.to, 5);
    return this.#addresses.find(this.#addressKey.seal());
  }

  /** Slot of the selector at `at`, or -1. */
  #selector(data: DataView, at: number): number {
    return this.#selectors.find(this.#selectorKey.take(0, data, at, 1).seal());
  }

  #means(selector: number, meaning: number): boolean {
    return selector >= 0 && this.#meaningOf[selector] === meaning;
  }

  #category(selector: number, isKnown: boolean): number {
    if (selector < 0 || (!isKnown && this.#knownOnly[selector] === 1)) return OTHER;
    return this.#categoryOf[selector] as number;
  }

  /** What a multicall's first calls do: the category of the highest rank. */
  #held(data: DataView, value: number, isKnown: boolean): number {
    let best = OTHER;
    for (let call = 0; call < MAX_INNER; call++) {
      const inner = this.#selector(data, value + AT.inner_selectors + SELECTOR_BYTES * call);
      best = Math.min(best, this.#category(inner, isKnown));
      if (best === SWAP) break;
    }
    return best;
  }
}

function urgencyOf(data: DataView, value: number, flags: number, txType: number): number {
  const hasMaxFee = (flags & TX_FLAG.max_fee) !== 0;
  let urgency = 0;
  if (hasMaxFee) {
    urgency = gweiUpTo(data, value + AT.max_priority_fee_per_gas, SCORES.priority_fee_max) + SCORES.max_fee;
  } else if ((flags & TX_FLAG.gas_price) !== 0) {
    urgency = Math.floor(gweiUpTo(data, value + AT.gas_price, 2 * SCORES.gas_price_max) / 2);
  }
  if (txType === 2) urgency += SCORES.type_2;
  return Math.min(SCORES.max, urgency);
}

/** The u128 of wei at `at` in whole gwei, `most` at the most. */
function gweiUpTo(data: DataView, at: number, most: number): number {
  if (data.getUint32(at + 8, true) !== 0 || data.getUint32(at + 12, true) !== 0) return most;
  // Rounded where it passes 2^53, which is far above every `most`.
  const wei = u64AsNumber(data, at);
  return wei >= most * GWEI ? most : Math.floor(wei / GWEI);
}

/** Is the u64 at `at` `least` or more? */
function isAtLeast(data: DataView, at: number, least: number): boolean {
  return data.getUint32(at + 4, true) !== 0 || data.getUint32(at, true) >= least;
}

function isMainnet(data: DataView, chain: number): boolean {
  return data.getUint32(chain, true) === MAINNET && data.getUint32(chain + 4, true) === 0;
}
