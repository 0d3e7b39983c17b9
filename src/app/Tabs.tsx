import type { KeyboardEvent } from "react";
import { TEXT } from "../text.ts";
import styles from "./Tabs.module.css";

export interface Tab {
  name: string;
  title: string;
}

interface TabsProps {
  tabs: readonly Tab[];
  shown: Tab;
  onShow(tab: Tab): void;
}

/** The panels as tabs at the bottom of a phone's screen. */
export function Tabs({ tabs, shown, onShow }: TabsProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(shown) + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onShow(next);
    document.getElementById(`tab-${next.name}`)?.focus();
  };
  return (
    <nav aria-label={TEXT.panels.list}>
      <div className={styles.tabs} role="tablist" aria-label={TEXT.panels.list} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.name}
            type="button"
            role="tab"
            id={`tab-${tab.name}`}
            aria-selected={tab === shown}
            aria-controls="panel"
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => onShow(tab)}
          >
            {tab.title}
          </button>
        ))}
      </div>
    </nav>
  );
}
