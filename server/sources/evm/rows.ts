/**
 * Blocks, transactions and logs out of JSON or CSV rows. One reader for the forms that are about: JSON-RPC (camelCase,
 * 0x quantities), ethers (camelCase, plain numbers), ethereum-etl and its like (snake_case, decimals), pool exports.
 */
import type { BlockHeader, BlockRef, ChainLog, ChainTransaction } from "./chain.ts";

export type Row = Readonly<Record<string, unknown>>;

/** A row that cannot be read: names the field and what was found there. */
export class RowError extends Error {
  constructor(field: string, wanted: string, found: unknown) {
    const text = found === undefined ? "nothing" : JSON.stringify(found);
    super(`${field}: expected ${wanted}, got ${text.length > 80 ? `${text.slice(0, 80)}...` : text}`);
    this.name = "RowError";
  }
}

/** @throws RowError for what is no object */
export function asRow(value: unknown): Row {
  if (typeof value !== "object" || value === null) throw new RowError("row", "an object", value);
  return value as Row;
}

/** Most topics that a log can have. */
const MAX_TOPICS = 4;
const HASH_BYTES = 32;
const ADDRESS_BYTES = 20;
/** The last second whose nanoseconds a u64 holds. */
const MAX_UNIX_S = 18_446_744_073;
const U64_BITS = 64n;
const U256_BITS = 256n;

/** The first of a field's names that the row has; null and the empty text of a CSV cell are absent. */
function pick(row: Row, names: readonly string[]): { name: string; value: unknown } {
  for (const name of names) {
    const value = row[name];
    if (value !== undefined && value !== null && value !== "") return { name, value };
  }
  return { name: names[0] as string, value: undefined };
}

function toUint(value: unknown): bigint | null {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null;
  if (typeof value !== "string" || value.length > 80) return null;
  return /^(0x[0-9a-fA-F]+|[0-9]+)$/.test(value) ? BigInt(value) : null;
}

function uint(row: Row, bits: bigint, ...names: string[]): bigint {
  const { name, value } = pick(row, names);
  const number = toUint(value);
  if (number === null || number >> bits !== 0n) throw new RowError(name, `an unsigned integer`, value);
  return number;
}

function integer(row: Row, ...names: string[]): number {
  const { name, value } = pick(row, names);
  const number = toUint(value);
  if (number === null || number > Number.MAX_SAFE_INTEGER)
    throw new RowError(name, "an unsigned integer", value);
  return Number(number);
}

function toHex(value: unknown, bytes?: number): string | null {
  if (typeof value !== "string" || value.length % 2 !== 0 || !/^0x[0-9a-fA-F]*$/.test(value)) return null;
  return bytes === undefined || value.length === 2 + 2 * bytes ? value.toLowerCase() : null;
}

function hex(row: Row, bytes: number | undefined, ...names: string[]): string {
  const { name, value } = pick(row, names);
  const text = toHex(value, bytes);
  if (text === null)
    throw new RowError(name, `0x and ${bytes === undefined ? "pairs of" : 2 * bytes} hex digits`, value);
  return text;
}

/** `read`, or null where the row has none of the names. */
function optional<T>(read: (row: Row, ...names: string[]) => T, row: Row, ...names: string[]): T | null {
  return pick(row, names).value === undefined ? null : read(row, ...names);
}

const hash = (row: Row, ...names: string[]) => hex(row, HASH_BYTES, ...names);
const address = (row: Row, ...names: string[]) => hex(row, ADDRESS_BYTES, ...names);
const wei = (row: Row, ...names: string[]) => uint(row, U256_BITS, ...names);
const u64 = (row: Row, ...names: string[]) => uint(row, U64_BITS, ...names);

const DATE = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?( ?UTC|Z|[+-]\d\d:\d\d)?$/;

/** Unix seconds, as an integer or as a date; a date without a zone is UTC. */
function unixSeconds(row: Row, ...names: string[]): number {
  const { name, value } = pick(row, names);
  const number = toUint(value);
  if (number !== null && number <= MAX_UNIX_S) return Number(number);
  const match = typeof value === "string" ? DATE.exec(value) : null;
  const zone = match?.[3]?.trim();
  const ms =
    match === null
      ? Number.NaN
      : Date.parse(`${match[1]}T${match[2]}${zone === "UTC" ? "Z" : (zone ?? "Z")}`);
  if (Number.isNaN(ms) || ms < 0) throw new RowError(name, "Unix seconds or a date", value);
  return ms / 1000;
}

/** A JSON array, or the text of a list as CSV exports print it: `['0x..', '0x..']`, `["0x.."]`, `0x..,0x..`. */
function topics(row: Row, ...names: string[]): string[] {
  const { name, value } = pick(row, names);
  let list: unknown = value;
  if (typeof value === "string") {
    const inner = value.replace(/^\s*\[(.*)\]\s*$/s, "$1").trim();
    list = inner === "" ? [] : inner.split(",").map((part) => part.trim().replace(/^(['"])(.*)\1$/, "$2"));
  }
  if (!Array.isArray(list) || list.length > MAX_TOPICS)
    throw new RowError(name, `a list of at most ${MAX_TOPICS} topics`, value);
  return list.map((topic: unknown, index) => {
    const text = toHex(topic, HASH_BYTES);
    if (text === null) throw new RowError(`${name}[${index}]`, "0x and 64 hex digits", topic);
    return text;
  });
}

const BLOCK_NUMBER = ["blockNumber", "block_number"];
const BLOCK_HASH = ["blockHash", "block_hash"];
const TX_HASH = ["transactionHash", "transaction_hash"];
const TX_INDEX = ["transactionIndex", "transaction_index", "pool_tx_index", "tx_index"];
const LOG_INDEX = ["logIndex", "log_index", "pool_log_index"];
const TOPICS = ["topics", "pool_topics"];
const DATA = ["data", "pool_data"];
const LOG_TIME = ["blockTimestamp", "block_timestamp"];

/** What a row is, by the fields that only its kind has. */
export function rowKind(row: Row): "log" | "receipt" | "transaction" | "block" | "other" {
  const has = (...names: string[]) => names.some((name) => row[name] !== undefined);
  if (has(...TOPICS)) return "log";
  if (Array.isArray(row.logs)) return "receipt";
  if (has("from", "from_address") && has("nonce")) return "transaction";
  const isTimed = has("timestamp", ...LOG_TIME) && has("number", ...BLOCK_NUMBER);
  return isTimed && !has(...TX_HASH) ? "block" : "other";
}

/** @param emitter the contract, for rows that do not name it */
export function readLog(row: Row, emitter: string | null = null): ChainLog {
  return {
    address:
      emitter !== null && pick(row, ["address"]).value === undefined ? emitter : address(row, "address"),
    topics: topics(row, ...TOPICS),
    data: optional((from, ...names) => hex(from, undefined, ...names), row, ...DATA) ?? "0x",
    block_number: integer(row, ...BLOCK_NUMBER),
    block_hash: optional(hash, row, ...BLOCK_HASH),
    block_unix_s: optional(unixSeconds, row, ...LOG_TIME),
    tx_hash: hash(row, ...TX_HASH),
    tx_index: integer(row, ...TX_INDEX),
    log_index: integer(row, ...LOG_INDEX),
    removed: row.removed === true,
  };
}

/** A transaction in or out of a block, with what its receipt says where the row holds that too. */
export function readTransaction(row: Row): ChainTransaction {
  // ethereum-etl's `type` names the kind of row.
  const tx_type =
    optional(integer, row, row.transaction_type === undefined ? "type" : "transaction_type") ?? 0;
  const block_number = optional(integer, row, ...BLOCK_NUMBER);
  const isPending = block_number === null;
  const gas_price = optional(wei, row, "gasPrice", "gas_price");
  const max_fee_per_gas = optional(wei, row, "maxFeePerGas", "max_fee_per_gas");
  return {
    hash: hash(row, "hash"),
    sender: address(row, "from", "from_address"),
    to: optional(address, row, "to", "to_address"),
    nonce: u64(row, "nonce"),
    tx_type,
    value: wei(row, "value"),
    gas_limit: u64(row, "gas"),
    // Nodes report a pending transaction's maximum as its price: it is not one.
    gas_price: isPending && max_fee_per_gas !== null ? null : gas_price,
    max_fee_per_gas,
    max_priority_fee_per_gas: optional(wei, row, "maxPriorityFeePerGas", "max_priority_fee_per_gas"),
    input: optional((from, ...names) => hex(from, undefined, ...names), row, "input", "data") ?? "0x",
    block_number,
    tx_index: optional(integer, row, ...TX_INDEX),
    reverted: optional(integer, row, "receipt_status") === 0,
  };
}

export function readBlockRef(row: Row): BlockRef {
  return {
    number: integer(row, "number", ...BLOCK_NUMBER),
    hash: hash(row, "hash", ...BLOCK_HASH),
    parent_hash: hash(row, "parentHash", "parent_hash"),
  };
}

export function readHeader(row: Row): BlockHeader {
  const { transactions } = row;
  return {
    ...readBlockRef(row),
    unix_s: unixSeconds(row, "timestamp", ...LOG_TIME),
    base_fee: optional(wei, row, "baseFeePerGas", "base_fee_per_gas"),
    gas_used: u64(row, "gasUsed", "gas_used"),
    gas_limit: u64(row, "gasLimit", "gas_limit"),
    tx_count: Array.isArray(transactions)
      ? transactions.length
      : integer(row, "transaction_count", "txCount"),
  };
}

/** Is all there that a ChainHead needs? A row of times alone has less. */
export function isWholeHeader(row: Row): boolean {
  return ["parentHash", "parent_hash"].some((name) => row[name] !== undefined);
}

/** A row that need tell no more than when a block was. */
export interface BlockTime {
  readonly number: number;
  readonly unix_s: number;
  readonly hash: string | null;
}

export function readBlockTime(row: Row): BlockTime {
  return {
    number: integer(row, "number", ...BLOCK_NUMBER),
    unix_s: unixSeconds(row, "timestamp", ...LOG_TIME),
    hash: optional(hash, row, "hash", ...BLOCK_HASH),
  };
}

/** A transaction's end. */
export interface Receipt {
  readonly tx_hash: string;
  readonly block_hash: string;
  readonly reverted: boolean;
  readonly logs: readonly ChainLog[];
}

export function readReceipt(row: Row): Receipt {
  const { logs } = row;
  if (!Array.isArray(logs)) throw new RowError("logs", "a list", logs);
  return {
    tx_hash: hash(row, ...TX_HASH),
    block_hash: hash(row, ...BLOCK_HASH),
    // Before Byzantium a receipt held a state root in place of a status.
    reverted: optional(integer, row, "status") === 0,
    logs: logs.map((log: unknown) => readLog(asRow(log))),
  };
}
