import { select, useSelection } from "../stores/selection.ts";
import { useStream } from "../stream/context.ts";
import { TEXT } from "../text.ts";
import styles from "./PoolEvents.module.css";

/** The transaction's pool events; each opens in this drawer. */
export function PoolEvents({ ids }: { ids: readonly string[] }) {
  const calls = useStream();
  const shown = useSelection(({ selection }) => selection?.id ?? null);
  const side = useSelection(({ selection }) => selection?.side ?? "right");
  if (ids.length === 0) return null;
  return (
    <section className={styles.events} aria-label={TEXT.drawer.events}>
      <h4>{TEXT.drawer.events}</h4>
      <ul>
        {ids.map((id) => (
          <li key={id}>
            <button
              type="button"
              title={id}
              disabled={id === shown}
              onClick={() => void select(calls, { view: "pool-events", channel: "pool.main", id, side })}
            >
              {nameOf(id)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** "chain:block_hash:log_index" by what tells it from its neighbours; another id as it is. */
function nameOf(id: string): string {
  const [, , logIndex] = id.split(":");
  return logIndex === undefined ? id : TEXT.drawer.logIndex(logIndex);
}
