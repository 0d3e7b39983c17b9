import type { KeyboardEvent } from "react";
import { flushSync } from "react-dom";
import { TEXT } from "../text.ts";
import styles from "./Tabs.module.css";

export interface Tab {
  name: string;
  title: string;
}

interface TabsProps {
  tabs: readonly Tab[];
  shown: string;
  /** At the bottom of a phone's screen, or in the head of a panel. */
  place: "bottom" | "head";
  /** Id of the element that they change. */
  controls: string;
  onShow(name: string): void;
}

/** One stop of the Tab key; left and right go along them and show what they reach. */
export function Tabs({ tabs, shown, place, controls, onShow }: TabsProps) {
  const show = ({ name }: Tab) => {
    // Tabs in a head are drawn anew with the panel that they show: the focus goes to the one that took its place.
    flushSync(() => onShow(name));
    document.getElementById(`tab-${name}`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(({ name }) => name === shown);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next !== undefined) show(next);
  };
  return (
    <div className={styles[place]} role="tablist" aria-label={TEXT.panels.list} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.name}
          type="button"
          role="tab"
          id={`tab-${tab.name}`}
          aria-selected={tab.name === shown}
          aria-controls={controls}
          tabIndex={tab.name === shown ? 0 : -1}
          onClick={() => show(tab)}
        >
          {tab.title}
        </button>
      ))}
    </div>
  );
}
