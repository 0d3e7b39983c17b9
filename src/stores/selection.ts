/**
 * The row that the detail drawer shows: a pinned copy. It opens at once with what the worker holds and, where the row
 * has a transaction, fills from the server. Nothing that streams in changes it.
 */
import { create } from "zustand";
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { EntityOf } from "../../protocol/stream/entities.ts";
import type { DetailResult } from "../../workers/api.ts";
import type { StreamCalls } from "../stream/stream.ts";

export type Entity = EntityOf<ChannelName>;

/** The part of the drawer that comes from the server. */
export type TransactionDetail =
  | { kind: "none" }
  | { kind: "asking"; hash: string }
  | (DetailResult & { hash: string });

export interface Selection {
  view: string;
  channel: ChannelName;
  id: string;
  /** undefined until the worker has answered, null when the row had left the window. */
  entity: Entity | null | undefined;
  transaction: TransactionDetail;
  /** Where the drawer stands: on the side that does not cover the selected row's table. */
  side: "left" | "right";
}

export const useSelection = create<{ selection: Selection | null }>(() => ({ selection: null }));

type Target = Pick<Selection, "view" | "channel" | "id" | "side">;

export async function select(calls: StreamCalls, target: Target): Promise<void> {
  const before = useSelection.getState().selection;
  if (before?.channel === target.channel && before.id === target.id) return;
  let current: Selection = { ...target, entity: undefined, transaction: { kind: "none" } };
  useSelection.setState({ selection: current });

  /** False once another row has been selected: late answers are dropped. */
  const update = (change: Partial<Selection>): boolean => {
    if (useSelection.getState().selection !== current) return false;
    current = { ...current, ...change };
    useSelection.setState({ selection: current });
    return true;
  };

  const entity = await calls.entity(target.channel, target.id);
  const hash = transactionHash(target, entity);
  if (!update({ entity, transaction: hash === null ? { kind: "none" } : { kind: "asking", hash } })) return;
  if (hash === null) return;
  const detail = await calls.transaction(hash).catch(asError);
  update({ transaction: { ...detail, hash } });
}

export function deselect(): void {
  useSelection.setState({ selection: null });
}

/** The transaction behind a row: where a row is a transaction its id is the hash, also when the row itself has gone. */
function transactionHash(target: Target, entity: Entity | null): string | null {
  if (target.channel === "tx.main" || target.channel === "feature.main") return target.id;
  return entity !== null && "tx_hash" in entity ? entity.tx_hash : null;
}

function asError(error: unknown): DetailResult {
  return { kind: "error", reason: error instanceof Error ? error.message : String(error) };
}
