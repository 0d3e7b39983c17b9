/** What a reorg takes back, as the messages that say so: those that were handed over once more, marked as reorged. */
import { decodeMessage } from "../../../protocol/tlv/decode.ts";
import type { TlvInit } from "../../../protocol/tlv/encode.ts";
import { TX_STATUS } from "../../../protocol/tlv/registry.ts";
import { MessageView } from "../../../protocol/tlv/view.ts";
import type { BlockRef } from "./chain.ts";

/**
 * The TLVs that undo a message of `block`. A pool event comes as it was, with `reorged` in its Provenance. A transaction is
 * pending again, and a Provenance says which block it is in no more.
 * @param tx_index of a transaction, in its block
 */
export function takenBack(message: Uint8Array, block: BlockRef, tx_index: number): TlvInit[] {
  const view = new MessageView().attach(message).seek(0, message.length);
  const [event, place] = decodeMessage(view).tlvs;
  if (event?.name === "Transaction") {
    const { chain_id, block_number, sender, hash } = event;
    const provenance: TlvInit = {
      name: "Provenance",
      chain_id,
      block_number,
      log_index: 0,
      tx_index,
      reorged: 1,
      sender,
      block_hash: block.hash,
      tx_hash: hash,
    };
    return [{ ...event, status: TX_STATUS.pending }, provenance];
  }
  if (event === undefined || place?.name !== "Provenance") {
    throw new Error("only pool events and transactions are taken back");
  }
  return [event, { ...place, reorged: 1 }];
}
