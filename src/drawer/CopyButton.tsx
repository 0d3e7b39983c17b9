import { useEffect, useState } from "react";
import { TEXT } from "../text.ts";
import styles from "./CopyButton.module.css";

type Outcome = "copied" | "refused";
const SHOWN_MS = 1500;

/** Copies `text`, and says for a moment whether that went well. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    // Absent outside a secure context.
    const clipboard: Clipboard | undefined = navigator.clipboard;
    if (clipboard === undefined) return setOutcome("refused");
    clipboard.writeText(text).then(
      () => setOutcome("copied"),
      () => setOutcome("refused"),
    );
  };
  const title =
    outcome === null
      ? TEXT.drawer.copy(label)
      : outcome === "copied"
        ? TEXT.drawer.copied
        : TEXT.drawer.copyFailed;
  return (
    <button
      type="button"
      className={styles.copy}
      data-outcome={outcome ?? undefined}
      title={title}
      aria-label={title}
      onClick={copy}
    >
      {outcome === null ? (
        <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden>
          <rect x="5.500" y="5.500" width="8" height="8" rx="1.500" />
          <path d="M10.500 3.500v-1h-8v8h1" />
        </svg>
      ) : (
        <span aria-hidden>{outcome === "copied" ? "✓" : "✕"}</span>
      )}
    </button>
  );
}
