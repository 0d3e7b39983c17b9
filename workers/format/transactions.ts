/** Columns of tx.main. */
import type { TxEntity } from "../../protocol/stream/entities.ts";
import type { ColumnsOf } from "../api.ts";
import { chain, chainName } from "./chains.ts";
import { type Column, code, hex, integer, scaled, time, words } from "./columns.ts";
import { method, methodName } from "./methods.ts";

const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "legacy",
  1: "EIP-2930: access list",
  2: "EIP-1559: dynamic fee",
  3: "EIP-4844: blobs",
  4: "EIP-7702: set code",
};

export const TRANSACTIONS: Record<ColumnsOf["tx.main"], Column<TxEntity>> = {
  seen: time((tx) => tx.seen_unix_ms),
  status: words((tx) => tx.status),
  hash: hex((tx) => tx.hash),
  sender: hex((tx) => tx.sender),
  to: hex((tx) => tx.to),
  value: scaled((tx) => tx.value_wei, 18, ""),
  method: method((tx) => tx.method_selector),
  protocol: words((tx) => tx.protocol),
  category: words((tx) => tx.category),
  fee: scaled((tx) => tx.max_fee_per_gas_wei ?? tx.gas_price_wei, 9, ""),
  nonce: integer((tx) => tx.nonce),
  type: code((tx) => tx.tx_type, TYPE_NAMES),
  gas_limit: integer((tx) => tx.gas_limit),
  block: integer((tx) => tx.block_number),
  chain: chain((tx) => tx.chain_id),
};

/** What the filter searches. */
export function transactionTexts(tx: TxEntity): (string | null)[] {
  const { hash, sender, to, status, method_selector, block_number, protocol, category, chain_id } = tx;
  return [
    hash,
    sender,
    to,
    status,
    method_selector,
    methodName(method_selector),
    block_number,
    protocol,
    category,
    chainName(chain_id),
  ];
}
