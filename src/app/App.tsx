/** The frame of the page: bar, panels, drawer. On a narrow screen one panel at a time, with tabs below. */
import { type ReactNode, useState } from "react";
import { Bar } from "../bar/Bar.tsx";
import { Drawer } from "../drawer/Drawer.tsx";
import { PANELS } from "../panels/index.ts";
import { PanelBoundary } from "../panels/PanelBoundary.tsx";
import { PanelFrame } from "../panels/PanelFrame.tsx";
import { useLayout } from "../stores/layout.ts";
import { Telemetry } from "../telemetry/Telemetry.tsx";
import { TEXT } from "../text.ts";
import styles from "./App.module.css";
import { type Tab, Tabs } from "./Tabs.tsx";
import { TitleAndIcon } from "./TitleAndIcon.tsx";
import { useNarrow } from "./useNarrow.ts";

const STREAM: Tab = { name: "stream", title: TEXT.telemetry.title };
const TABS: readonly Tab[] = [...PANELS, STREAM];

export function App() {
  const narrow = useNarrow();
  return (
    <div className={styles.page}>
      <TitleAndIcon />
      <Bar />
      {narrow ? <OnePanel /> : <AllPanels />}
      <Drawer />
    </div>
  );
}

function AllPanels() {
  const stream = useLayout((layout) => layout.stream);
  return (
    <main className={styles.grid} data-stream={stream || undefined}>
      {PANELS.map((panel) => framed(panel.name, panel.title))}
      {stream && framed(STREAM.name, STREAM.title)}
    </main>
  );
}

function OnePanel() {
  const [shown, setShown] = useState<Tab>(TABS[0] as Tab);
  return (
    <>
      <main className={styles.single}>
        <div className={styles.single} id="panel" role="tabpanel" aria-labelledby={`tab-${shown.name}`}>
          {framed(shown.name, shown.title)}
        </div>
      </main>
      <Tabs tabs={TABS} shown={shown} onShow={setShown} />
    </>
  );
}

function framed(name: string, title: string): ReactNode {
  const panel = PANELS.find((each) => each.name === name);
  return (
    <PanelBoundary key={name} title={title}>
      {panel === undefined ? <Telemetry /> : <PanelFrame panel={panel} />}
    </PanelBoundary>
  );
}
