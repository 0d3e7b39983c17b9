/** A place on the screen that panels share: one is shown, tabs in its head show the others. */

import { type AnyPanel, PANELS } from "../panels/index.ts";
import { Market } from "../panels/market/Market.tsx";
import { PanelBoundary } from "../panels/PanelBoundary.tsx";
import { PanelFrame, type PanelTabs } from "../panels/PanelFrame.tsx";
import { showPanel, useLayout } from "../stores/layout.ts";
import styles from "./Group.module.css";
import { Tabs } from "./Tabs.tsx";

export interface GroupProps {
  name: string;
  /** Names of its panels. The first is shown until another one is asked for. */
  members: readonly string[];
}

export function Group({ name, members }: GroupProps) {
  const panels = PANELS.filter((panel) => members.includes(panel.name));
  const asked = useLayout(({ shown }) => shown[name]);
  const panel = panels.find((each) => each.name === asked) ?? panels[0];
  if (panel === undefined) return null;
  const controls = `group-${name}`;
  const tabs =
    panels.length === 1
      ? undefined
      : {
          controls,
          strip: (
            <Tabs
              tabs={panels}
              shown={panel.name}
              place="head"
              controls={controls}
              onShow={(shown) => showPanel(name, shown)}
            />
          ),
        };
  return (
    <div className={styles.group} data-group={name}>
      <OnePanel key={panel.name} panel={panel} tabs={tabs} />
    </div>
  );
}

/** A panel that cannot be drawn takes no other with it. */
export function OnePanel({ panel, tabs }: { panel: AnyPanel; tabs?: PanelTabs | undefined }) {
  return (
    <PanelBoundary title={panel.title}>
      {panel.name === "market" ? <Market tabs={tabs} /> : <PanelFrame panel={panel} tabs={tabs} />}
    </PanelBoundary>
  );
}
