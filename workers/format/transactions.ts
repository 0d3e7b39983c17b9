/** Columns of tx.main. */
import type { TxEntity } from "../../protocol/stream/entities.ts";
import type { ColumnsOf } from "../api.ts";
import { CHAIN_NAMES } from "./chains.ts";
import { type Column, code, column, hex, integer, scaled, time, words } from "./columns.ts";

const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "legacy",
  1: "EIP-2930: access list",
  2: "EIP-1559: dynamic fee",
  3: "EIP-4844: blobs",
  4: "EIP-7702: set code",
};

/** Selectors that most traffic has, by the signature that they are the hash of. */
const METHODS: Readonly<Record<string, string>> = {
  "0xa9059cbb": "transfer",
  "0x23b872dd": "transferFrom",
  "0x095ea7b3": "approve",
  "0x38ed1739": "swapExactTokensForTokens",
  "0x8803dbee": "swapTokensForExactTokens",
  "0x7ff36ab5": "swapExactETHForTokens",
  "0x18cbafe5": "swapExactTokensForETH",
  "0x4a25d94a": "swapTokensForExactETH",
  "0xfb3bdb41": "swapETHForExactTokens",
  "0x414bf389": "exactInputSingle",
  "0x04e45aaf": "exactInputSingle",
  "0xc04b8d59": "exactInput",
  "0xb858183f": "exactInput",
  "0xdb3e2198": "exactOutputSingle",
  "0x5023b4df": "exactOutputSingle",
  "0xac9650d8": "multicall",
  "0x5ae401dc": "multicall",
  "0x3593564c": "execute",
  "0x24856bc3": "execute",
};

export const TRANSACTIONS: Record<ColumnsOf["tx.main"], Column<TxEntity>> = {
  seen: time((tx) => tx.seen_unix_ms),
  status: words((tx) => tx.status),
  hash: hex((tx) => tx.hash),
  sender: hex((tx) => tx.sender),
  to: hex((tx) => tx.to),
  value: scaled((tx) => tx.value_wei, 18, ""),
  method: column(
    "text",
    (tx) => tx.method_selector,
    (selector) => {
      const name = METHODS[selector];
      return name === undefined ? { text: selector } : { text: name, title: `${name} ${selector}` };
    },
    (selector) => (METHODS[selector] ?? selector).toLowerCase(),
  ),
  fee: scaled((tx) => tx.max_fee_per_gas_wei ?? tx.gas_price_wei, 9, ""),
  nonce: integer((tx) => tx.nonce),
  type: code((tx) => tx.tx_type, TYPE_NAMES),
  gas_limit: integer((tx) => tx.gas_limit),
  block: integer((tx) => tx.block_number),
  chain: code((tx) => tx.chain_id, CHAIN_NAMES),
};

/** What the filter searches. */
export function transactionTexts(tx: TxEntity): (string | null)[] {
  const { hash, sender, to, status, method_selector, block_number, protocol, category } = tx;
  const method = method_selector === null ? null : (METHODS[method_selector] ?? null);
  return [hash, sender, to, status, method_selector, method, block_number, protocol, category];
}
