import { span, utc } from "../format.ts";
import { columns } from "../panels/transactions/columns.ts";
import type { Mark } from "../table/columns.ts";
import { TEXT } from "../text.ts";
import styles from "./LifeCycle.module.css";
import type { LifeStep } from "./life.ts";

const MARKS: Readonly<Record<string, Mark>> = columns.status.marks;

/** What became of a transaction: each step with its time, and how long it took to come. */
export function LifeCycle({ steps }: { steps: readonly LifeStep[] }) {
  if (steps.length === 0) return null;
  return (
    <ol className={styles.life} aria-label={TEXT.drawer.lifecycle}>
      {steps.map(({ status, unix_ms, block_number }, at) => {
        const before = steps[at - 1];
        return (
          <li key={`${status} ${unix_ms} ${block_number}`} data-tone={MARKS[status]?.tone}>
            <i aria-hidden>{MARKS[status]?.glyph ?? "•"}</i>
            <b>{status}</b>
            <span>{block_number === null ? "" : TEXT.drawer.inBlock(block_number)}</span>
            <time dateTime={isoOf(unix_ms)} title={utc(unix_ms)}>
              {before === undefined ? utc(unix_ms) : TEXT.drawer.after(span(unix_ms - before.unix_ms))}
            </time>
          </li>
        );
      })}
    </ol>
  );
}

function isoOf(unixMs: number): string | undefined {
  const date = new Date(unixMs);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
