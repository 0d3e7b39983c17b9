/** A transaction or a block header as a TLV. */
import type { TlvInit } from "../../../protocol/tlv/encode.ts";
import { HEAD_FLAG, TX_FLAG, TX_STATUS } from "../../../protocol/tlv/registry.ts";
import { readCalldata } from "./calldata.ts";
import type { BlockHeader, ChainTransaction } from "./chain.ts";

const ZERO_ADDRESS = `0x${"0".repeat(40)}`;

export function transactionTlv(chain_id: bigint, tx: ChainTransaction): TlvInit {
  const calldata = readCalldata(tx.input);
  const isPending = tx.block_number === null;
  return {
    name: "Transaction",
    value: tx.value,
    gas_price: tx.gas_price ?? 0n,
    max_fee_per_gas: tx.max_fee_per_gas ?? 0n,
    max_priority_fee_per_gas: tx.max_priority_fee_per_gas ?? 0n,
    chain_id,
    nonce: tx.nonce,
    gas_limit: tx.gas_limit,
    block_number: BigInt(tx.block_number ?? 0),
    calldata_length: calldata.length,
    tx_type: tx.tx_type,
    status: isPending ? TX_STATUS.pending : tx.reverted ? TX_STATUS.reverted : TX_STATUS.included,
    flags:
      (tx.to === null ? 0 : TX_FLAG.to) |
      (tx.gas_price === null ? 0 : TX_FLAG.gas_price) |
      (tx.max_fee_per_gas === null ? 0 : TX_FLAG.max_fee) |
      (isPending ? 0 : TX_FLAG.block_number),
    method_selector: calldata.selector,
    inner_selectors: calldata.inner,
    hash: tx.hash,
    sender: tx.sender,
    to: tx.to ?? ZERO_ADDRESS,
  };
}

export function chainHeadTlv(chain_id: bigint, header: BlockHeader): TlvInit {
  return {
    name: "ChainHead",
    base_fee: header.base_fee ?? 0n,
    chain_id,
    block_number: BigInt(header.number),
    block_timestamp: BigInt(header.unix_s),
    gas_used: header.gas_used,
    gas_limit: header.gas_limit,
    tx_count: header.tx_count,
    flags: header.base_fee === null ? 0 : HEAD_FLAG.base_fee,
    block_hash: header.hash,
    parent_hash: header.parent_hash,
  };
}
