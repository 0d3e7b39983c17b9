/** Reads the parts of a transaction's detail that are not its entity's. The detail comes from outside: read with care. */

export interface LifeStep {
  status: string;
  unix_ms: number;
  block_number: string | null;
}

/** `life`, oldest first; steps of another form are left out. */
export function lifeOf(detail: Readonly<Record<string, unknown>>): LifeStep[] {
  return listOf(detail["life"]).flatMap((step) => {
    if (typeof step !== "object" || step === null || !("status" in step) || !("unix_ms" in step)) return [];
    const { status, unix_ms } = step;
    if (typeof status !== "string" || typeof unix_ms !== "number") return [];
    const block = "block_number" in step ? step.block_number : null;
    return [{ status, unix_ms, block_number: typeof block === "string" ? block : null }];
  });
}

/** Ids of the pool events that the transaction made and pool.main holds. */
export function poolEventsOf(detail: Readonly<Record<string, unknown>>): string[] {
  return listOf(detail["pool_events"]).filter((id) => typeof id === "string");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
