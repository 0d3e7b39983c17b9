import { type KeyboardEvent, useId, useState } from "react";
import { useStatusAt } from "../stores/statusAt.ts";
import { ConnectionFacts } from "./ConnectionFacts.tsx";
import styles from "./ConnectionPill.module.css";
import { type PillState, pillState, pillText } from "./connection.ts";

/** A glyph a state, so that the colour says nothing that a reader of shapes would miss. */
const GLYPH: Record<PillState, string> = {
  connecting: "◌",
  live: "●",
  resuming: "◒",
  resyncing: "↻",
  diverged: "≠",
  reconnecting: "↻",
  unreachable: "⊘",
  asleep: "☾",
  failed: "✕",
  stale: "◷",
};

/** The stream's state in a word; on hover or focus, everything that is known of it. */
export function ConnectionPill() {
  const state = useStatusAt(pillState);
  const text = useStatusAt(pillText);
  const [open, setOpen] = useState(false);
  const factsId = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    setOpen(false);
  };
  return (
    <div className={styles.anchor} onPointerEnter={() => setOpen(true)} onPointerLeave={() => setOpen(false)}>
      <button
        type="button"
        className={styles.pill}
        data-state={state}
        data-testid="connection"
        aria-expanded={open}
        aria-controls={factsId}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onClick={() => setOpen(true)}
        onKeyDown={onKeyDown}
      >
        <i aria-hidden>{GLYPH[state]}</i>
        <span>{text}</span>
      </button>
      {open && <ConnectionFacts id={factsId} />}
    </div>
  );
}
