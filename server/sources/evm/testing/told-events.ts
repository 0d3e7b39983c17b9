/** For tests: which pool events and transactions stand after all that was told, and that nothing was told twice. */
import type { Message } from "../../../../protocol/tlv/decode.ts";
import { TX_STATUS } from "../../../../protocol/tlv/registry.ts";

export interface Standing {
  /** `block hash:log index`, in the order told. */
  readonly events: string[];
  /** `tx hash:block number` of those in a block. */
  readonly transactions: string[];
  /** What was told twice in a row, or taken back without being there. */
  readonly wrong: string[];
}

/** Folds messages as plainly as can be. */
export function standing(messages: readonly Message[]): Standing {
  const events = new Set<string>();
  const transactions = new Set<string>();
  const wrong: string[] = [];
  const take = (set: Set<string>, id: string, isUndone: boolean): void => {
    if (set.has(id) !== isUndone) wrong.push(`${isUndone ? "taken back" : "told"} ${id}`);
    if (isUndone) set.delete(id);
    else set.add(id);
  };
  for (const { tlvs } of messages) {
    const [event, place] = tlvs;
    const isUndone = place?.name === "Provenance" && place.reorged === 1;
    if (event?.name === "Transaction") {
      if (event.status === TX_STATUS.pending && !isUndone) continue;
      take(transactions, `${event.hash}:${event.block_number}`, isUndone);
    } else if (place?.name === "Provenance") take(events, `${place.block_hash}:${place.log_index}`, isUndone);
  }
  return { events: [...events], transactions: [...transactions], wrong };
}
