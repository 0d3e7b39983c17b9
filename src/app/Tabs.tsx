import type { KeyboardEvent } from "react";
import { PANELS } from "../panels/index.ts";
import { TEXT } from "../text.ts";
import styles from "./Tabs.module.css";

interface TabsProps {
  shown: string;
  onShow(panel: string): void;
}

/** The panels as tabs at the bottom of a phone's screen. */
export function Tabs({ shown, onShow }: TabsProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    const at = PANELS.findIndex(({ name }) => name === shown);
    const next = PANELS[(at + step + PANELS.length) % PANELS.length];
    if (next === undefined) return;
    onShow(next.name);
    document.getElementById(`tab-${next.name}`)?.focus();
  };
  return (
    <nav aria-label={TEXT.panels.list}>
      <div className={styles.tabs} role="tablist" aria-label={TEXT.panels.list} onKeyDown={onKeyDown}>
        {PANELS.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === shown}
            aria-controls="panel"
            tabIndex={name === shown ? 0 : -1}
            onClick={() => onShow(name)}
          >
            {title}
          </button>
        ))}
      </div>
    </nav>
  );
}
