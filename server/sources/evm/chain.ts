/** What a chain gives, from whatever source, in one exact form. Hex is lower-case; times are whole Unix seconds. */

export interface ChainLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly block_number: number;
  /** Null where the source has none. */
  readonly block_hash: string | null;
  /** Null where the source has none. */
  readonly block_unix_s: number | null;
  readonly tx_hash: string;
  readonly tx_index: number;
  readonly log_index: number;
  /** A node's word that a reorg took the log back. */
  readonly removed: boolean;
}

export interface ChainTransaction {
  readonly hash: string;
  readonly sender: string;
  /** Null creates a contract. */
  readonly to: string | null;
  readonly nonce: bigint;
  readonly tx_type: number;
  readonly value: bigint;
  readonly gas_limit: bigint;
  /** Offered by types 0 and 1; of the others what a block made them pay, null while they are pending. */
  readonly gas_price: bigint | null;
  readonly max_fee_per_gas: bigint | null;
  readonly max_priority_fee_per_gas: bigint | null;
  /** Calldata, 0x hex. */
  readonly input: string;
  /** Null while it is pending. */
  readonly block_number: number | null;
  readonly tx_index: number | null;
  /** True where a receipt says so; a block alone does not tell. */
  readonly reverted: boolean;
}

/** A block by name. */
export interface BlockRef {
  readonly number: number;
  readonly hash: string;
  readonly parent_hash: string;
}

export interface BlockHeader extends BlockRef {
  readonly unix_s: number;
  /** Null before EIP-1559. */
  readonly base_fee: bigint | null;
  readonly gas_used: bigint;
  readonly gas_limit: bigint;
  readonly tx_count: number;
}

/** All that is known of one block, encoded together so that nobody sees half of it. */
export interface BlockUnit {
  readonly number: number;
  readonly unix_s: number;
  /** Null where only logs are known of the block: then it gets no ChainHead. */
  readonly header: BlockHeader | null;
  readonly transactions: readonly ChainTransaction[];
  readonly logs: readonly ChainLog[];
}

const HASH_DIGITS = 64;
const NUMBER_DIGITS = 16;
/** Zero digits after the number: a looped replay changes the end of a hash, and must not make one block another. */
const TAIL_DIGITS = 16;

/**
 * What Provenance carries in place of a block hash that nobody knows (a CSV export has none): 16 zero bytes, the block
 * number as 8 bytes big-endian, 8 zero bytes. So rows of different blocks keep different ids, the same export imported
 * twice gives the same ones, and no real hash looks like it. It is not to be shown as a hash.
 */
export function unknownBlockHash(block_number: number): string {
  const number = block_number.toString(16).padStart(NUMBER_DIGITS, "0");
  return `0x${number.padStart(HASH_DIGITS - TAIL_DIGITS, "0")}${"0".repeat(TAIL_DIGITS)}`;
}
