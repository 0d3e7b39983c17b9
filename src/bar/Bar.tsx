/** The top bar: who we are, how fresh the screen is, where the chain stands, how fast it comes, what it costs. */
import { TEXT } from "../text.ts";
import { Announcer } from "./Announcer.tsx";
import styles from "./Bar.module.css";
import { Chains } from "./Chains.tsx";
import { ConnectionPill } from "./ConnectionPill.tsx";
import { CommitGauge, HeapGauge } from "./Gauges.tsx";
import { Logo } from "./Logo.tsx";
import { Rate } from "./Rate.tsx";
import { Remedy } from "./Remedy.tsx";
import { StreamToggle } from "./StreamToggle.tsx";
import { ThemeSwitch } from "./ThemeSwitch.tsx";

export function Bar() {
  return (
    <header className={styles.bar}>
      <h1 className={styles.name}>
        <Logo />
        {TEXT.name}
      </h1>
      <ConnectionPill />
      <Remedy />
      <Announcer />
      <div className={styles.detail} role="group" aria-label={TEXT.bar.label}>
        <Chains />
        <Rate />
        <HeapGauge />
        <CommitGauge />
      </div>
      <StreamToggle />
      <ThemeSwitch />
    </header>
  );
}
