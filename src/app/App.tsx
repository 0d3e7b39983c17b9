/** The frame of the page: bar, panels, drawer. On a narrow screen one panel at a time, with tabs below. */
import { useState } from "react";
import { Bar } from "../bar/Bar.tsx";
import { Drawer } from "../drawer/Drawer.tsx";
import { PANELS } from "../panels/index.ts";
import { PanelBoundary } from "../panels/PanelBoundary.tsx";
import { useLayout } from "../stores/layout.ts";
import { Telemetry } from "../telemetry/Telemetry.tsx";
import { TEXT } from "../text.ts";
import styles from "./App.module.css";
import { Group, type GroupProps, OnePanel } from "./Group.tsx";
import { type Tab, Tabs } from "./Tabs.tsx";
import { TitleAndIcon } from "./TitleAndIcon.tsx";
import { useNarrow } from "./useNarrow.ts";

const STREAM: Tab = { name: "stream", title: TEXT.telemetry.title };
const TABS: readonly Tab[] = [...PANELS, STREAM];

/** What comes in stands above, what follows from it below. */
const GROUPS: readonly GroupProps[] = [
  { name: "events", members: ["pool-events", "pools"] },
  { name: "transactions", members: ["transactions", "features", "top-features"] },
  { name: "opportunities", members: ["opportunities", "chains"] },
  { name: "market", members: ["market"] },
];

export function App() {
  const narrow = useNarrow();
  return (
    <div className={styles.page}>
      <TitleAndIcon />
      <Bar />
      {narrow ? <OneAtATime /> : <AllGroups />}
      <Drawer />
    </div>
  );
}

function AllGroups() {
  const stream = useLayout((layout) => layout.stream);
  return (
    <main className={styles.grid} data-stream={stream || undefined}>
      {GROUPS.map((group) => (
        <Group key={group.name} {...group} />
      ))}
      {stream && <Stream />}
    </main>
  );
}

function OneAtATime() {
  const [shown, setShown] = useState("pool-events");
  const panel = PANELS.find(({ name }) => name === shown);
  return (
    <>
      <main className={styles.single}>
        <div className={styles.single} id="panel" role="tabpanel" aria-labelledby={`tab-${shown}`}>
          {panel === undefined ? <Stream /> : <OnePanel key={shown} panel={panel} />}
        </div>
      </main>
      <nav aria-label={TEXT.panels.list}>
        <Tabs tabs={TABS} shown={shown} place="bottom" controls="panel" onShow={setShown} />
      </nav>
    </>
  );
}

function Stream() {
  return (
    <PanelBoundary title={STREAM.title}>
      <Telemetry />
    </PanelBoundary>
  );
}
