/** What stands in a table without rows: what is the case, and what to do about it. */

import { sentence } from "../format.ts";
import { TEXT } from "../text.ts";
import styles from "./Placeholder.module.css";
import type { TableState } from "./state.ts";

interface PlaceholderProps {
  state: Exclude<TableState, "rows">;
  empty: { text: string; hint: string };
  server: string | null;
  reason: string | null;
  filter: string;
  held: string;
  onClearFilter(): void;
  /** null: it would not help. */
  onRetry: (() => void) | null;
}

export function Placeholder(props: PlaceholderProps) {
  const { state, empty, server, reason, filter, held, onClearFilter, onRetry } = props;
  switch (state) {
    case "loading":
      return (
        <div className={styles.loading} aria-busy>
          <span>
            {TEXT.table.loading} {server === null ? "" : TEXT.table.loadingFrom(server)}
          </span>
        </div>
      );
    case "empty":
      return <Message glyph={null} text={empty.text} hint={empty.hint} />;
    case "disconnected":
      return (
        <Message glyph="⚠" text={TEXT.table.disconnected} hint={TEXT.table.disconnectedHint}>
          {reason !== null && <p>{sentence(reason)}</p>}
          {onRetry !== null && (
            <button type="button" onClick={onRetry}>
              {TEXT.connection.retry}
            </button>
          )}
        </Message>
      );
    case "no-match":
      return (
        <Message glyph="∅" text={TEXT.table.noMatch(filter)} hint={TEXT.table.noMatchOf(held)}>
          <button type="button" onClick={onClearFilter}>
            {TEXT.table.clearFilter}
          </button>
        </Message>
      );
  }
}

interface MessageProps {
  glyph: string | null;
  text: string;
  hint: string;
  children?: React.ReactNode;
}

function Message({ glyph, text, hint, children }: MessageProps) {
  return (
    <div className={styles.message}>
      {glyph !== null && <i aria-hidden>{glyph}</i>}
      <p>{text}</p>
      <p>{hint}</p>
      {children}
    </div>
  );
}
