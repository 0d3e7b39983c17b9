/** The frame of the page: bar, panels, drawer. On a narrow screen one panel at a time, with tabs below. */
import { type ReactNode, useState } from "react";
import { Bar } from "../bar/Bar.tsx";
import { Drawer } from "../drawer/Drawer.tsx";
import { PANELS } from "../panels/index.ts";
import { PanelBoundary } from "../panels/PanelBoundary.tsx";
import { PanelFrame } from "../panels/PanelFrame.tsx";
import styles from "./App.module.css";
import { Tabs } from "./Tabs.tsx";
import { TitleAndIcon } from "./TitleAndIcon.tsx";
import { useNarrow } from "./useNarrow.ts";

export function App() {
  const narrow = useNarrow();
  return (
    <div className={styles.page}>
      <TitleAndIcon />
      <Bar />
      {narrow ? <OnePanel /> : <main className={styles.grid}>{PANELS.map((panel) => framed(panel))}</main>}
      <Drawer />
    </div>
  );
}

function OnePanel() {
  const [shown, setShown] = useState<string>(PANELS[0]?.name ?? "");
  return (
    <>
      <main className={styles.single}>
        <div className={styles.single} id="panel" role="tabpanel" aria-labelledby={`tab-${shown}`}>
          {PANELS.filter(({ name }) => name === shown).map((panel) => framed(panel))}
        </div>
      </main>
      <Tabs shown={shown} onShow={setShown} />
    </>
  );
}

function framed(panel: (typeof PANELS)[number]): ReactNode {
  return (
    <PanelBoundary key={panel.name} title={panel.title}>
      <PanelFrame panel={panel} />
    </PanelBoundary>
  );
}
