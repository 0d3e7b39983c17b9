/** Pools from a file: a JSON array of `{chainId, pool, kind, factory, token0, token1, fee?, decimals0, symbol0, ...}`. */
import { DECIMALS_UNKNOWN, type PoolKindName, VENUE } from "../../../protocol/tlv/registry.ts";
import type { Pool, PoolBook, Token } from "./pools.ts";
import { FACTORIES, STABLE_TOKENS, V3_TICK_SPACING } from "./registry.ts";
import { type Row, RowError } from "./rows.ts";
import { cutText, SYMBOL_BYTES } from "./token-text.ts";

const KINDS: readonly PoolKindName[] = ["v2", "v3", "algebra"];
const MAX_FEE = 1_000_000;

/** Every pool that the file names is taken for one: who wrote it vouches for it. */
export class FilePools implements PoolBook {
  readonly #pools: ReadonlyMap<string, Pool>;

  /**
   * Takes the entries of one chain.
   * @throws RowError that names the entry and the field
   */
  constructor(entries: unknown, chain_id: number) {
    if (!Array.isArray(entries)) throw new RowError("pools", "a JSON array", entries);
    const pools = entries.flatMap((entry: unknown, index) => {
      const at = new Entry(entry, `[${index}]`);
      return at.number("chainId", Number.MAX_SAFE_INTEGER) === chain_id ? [readPool(at, chain_id)] : [];
    });
    this.#pools = new Map(pools.map((pool) => [pool.address, pool]));
  }

  get count(): number {
    return this.#pools.size;
  }

  has(address: string): boolean {
    return this.#pools.has(address);
  }

  async find(addresses: readonly string[]): Promise<ReadonlyMap<string, Pool>> {
    const found = new Map<string, Pool>();
    for (const address of addresses) {
      const pool = this.#pools.get(address);
      if (pool !== undefined) found.set(address, pool);
    }
    return found;
  }
}

function readPool(entry: Entry, chain_id: number): Pool {
  const name = entry.text("factory");
  const factory = FACTORIES.find((known) => known.chain_id === chain_id && known.name === name);
  // Files call Algebra pools v3, after their events; the factory knows better.
  const kind = factory?.kind ?? entry.kind();
  const fee = entry.optionalNumber("fee", MAX_FEE) ?? factory?.fee ?? 0;
  return {
    address: entry.address("pool"),
    kind,
    venue: factory?.venue ?? VENUE.Generic,
    token0: readToken(entry, "0", chain_id),
    token1: readToken(entry, "1", chain_id),
    fee,
    tick_spacing: kind === "v3" ? (V3_TICK_SPACING.get(fee) ?? 0) : 0,
  };
}

function readToken(entry: Entry, side: "0" | "1", chain_id: number): Token {
  const address = entry.address(`token${side}`);
  return {
    address,
    decimals: entry.optionalNumber(`decimals${side}`, DECIMALS_UNKNOWN - 1) ?? DECIMALS_UNKNOWN,
    symbol: cutText(entry.text(`symbol${side}`) ?? "", SYMBOL_BYTES),
    name: "",
    stable: STABLE_TOKENS.get(chain_id)?.has(address) ?? false,
  };
}

/** One entry of the file; every read says where it failed. */
class Entry {
  readonly #row: Row;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null) throw new RowError(path, "an object", value);
    this.#row = value as Row;
    this.#path = path;
  }

  address(field: string): string {
    const value = this.#row[field];
    if (typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value)) return value.toLowerCase();
    throw new RowError(`${this.#path}.${field}`, "an address", value);
  }

  kind(): PoolKindName {
    const value = this.#row.kind;
    const kind = KINDS.find((known) => known === value);
    if (kind === undefined) throw new RowError(`${this.#path}.kind`, KINDS.join(", "), value);
    return kind;
  }

  number(field: string, highest: number): number {
    const value = this.#row[field];
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= highest) return value;
    throw new RowError(`${this.#path}.${field}`, `an integer from 0 to ${highest}`, value);
  }

  optionalNumber(field: string, highest: number): number | null {
    const value = this.#row[field];
    return value === undefined || value === null ? null : this.number(field, highest);
  }

  text(field: string): string | null {
    const value = this.#row[field];
    if (value === undefined || value === null) return null;
    if (typeof value !== "string") throw new RowError(`${this.#path}.${field}`, "text", value);
    return value;
  }
}
