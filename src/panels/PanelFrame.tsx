/** A panel on the screen: its head (title or tabs, counts, freshness, follow, filter) above its table. */
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { ColumnId, ViewFrame, ViewSpec } from "../../workers/api.ts";
import { focusDrawer } from "../drawer/Drawer.tsx";
import { count } from "../format.ts";
import { rowsAge } from "../stores/freshness.ts";
import { select, useSelection } from "../stores/selection.ts";
import { useStatus } from "../stores/status.ts";
import { useStatusAt } from "../stores/statusAt.ts";
import { chooseTable, useTables } from "../stores/tables.ts";
import { useStream } from "../stream/context.ts";
import { type Column, placed } from "../table/columns.ts";
import { Placeholder } from "../table/Placeholder.tsx";
import { nextSort } from "../table/sort.ts";
import { tableState } from "../table/state.ts";
import { Table } from "../table/Table.tsx";
import { useFollow } from "../table/useFollow.ts";
import { useView } from "../table/useView.ts";
import { TEXT } from "../text.ts";
import { FollowButton } from "./FollowButton.tsx";
import { Freshness } from "./Freshness.tsx";
import styles from "./PanelFrame.module.css";
import type { Panel } from "./panel.ts";

/** Any channel's panel: what of it the frame needs. */
export type FramedPanel = Pick<Panel, "name" | "title" | "defaultSort" | "empty"> & {
  channel: ChannelName;
  columns: Readonly<Partial<Record<ColumnId, Column>>>;
};

export interface PanelTabs {
  strip: ReactNode;
  controls: string;
}

interface PanelFrameProps {
  panel: FramedPanel;
  /** In place of the title, where it shares its place with others: their tabs, and the id of what these control. */
  tabs?: PanelTabs | undefined;
  /** Stands beside the table. */
  beside?: ReactNode;
  /** A row that is picked for what stands beside; a second time it opens. */
  picked?: { id: string | null; pick(id: string): void };
}

export function PanelFrame({ panel, tabs, beside, picked }: PanelFrameProps) {
  const calls = useStream();
  const titleId = useId();
  const section = useRef<HTMLElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const filterInput = useRef<HTMLInputElement>(null);

  const { sort = panel.defaultSort, filter = "" } = useTables((tables) => tables[panel.name]) ?? {};
  const setFilter = (text: string) => chooseTable(panel.name, { filter: text });
  const columns = useMemo(() => placed(panel.columns), [panel.columns]);
  const spec = useMemo<ViewSpec>(
    () => ({ channel: panel.channel, columns: columns.map(({ id }) => id), sort, filter: filter.trim() }),
    [panel.channel, columns, sort, filter],
  );
  const frame = useView(panel.name, spec);

  const [atTop, setAtTop] = useState(true);
  const { following, hold, release } = useFollow(panel.name, atTop);
  const toTop = () => {
    release();
    grid.current?.scrollTo({ top: 0 });
  };
  // Another order or filter is another list: it starts at its top.
  useEffect(() => {
    grid.current?.scrollTo({ top: 0 });
  }, [spec]);

  const state = useStatus(({ status }) => tableState(status, frame));
  const server = useStatus(({ status }) => status?.server ?? null);
  const reason = useStatus(({ status }) => {
    const connection = status?.connection;
    return connection !== undefined && "reason" in connection ? connection.reason : null;
  });
  const failed = useStatus(({ status }) => status?.connection.state === "failed");
  const stale = useStatusAt((...at) => rowsAge(panel.channel, ...at) !== null);
  const openId = useSelection(({ selection }) => (selection?.view === panel.name ? selection.id : null));

  const onSort = useCallback(
    (column: ColumnId) => chooseTable(panel.name, { sort: nextSort(sort, column, panel.defaultSort) }),
    [panel.name, panel.defaultSort, sort],
  );
  const onOpen = (id: string) => {
    if (picked !== undefined && picked.id !== id) return picked.pick(id);
    if (id === openId) return focusDrawer();
    const side = awayFrom(section.current);
    void select(calls, { view: panel.name, channel: panel.channel, id, side });
  };
  const onFilterKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && filter !== "") {
      // Not the drawer's too.
      event.preventDefault();
      setFilter("");
    } else if (["Enter", "ArrowDown", "Escape"].includes(event.key)) {
      grid.current?.focus();
    }
  };

  return (
    <section ref={section} className={styles.panel} aria-labelledby={titleId} data-panel={panel.name}>
      <header className={styles.head}>
        {tabs?.strip}
        <h2 id={titleId} className={tabs === undefined ? undefined : "sr-only"}>
          {panel.title}
        </h2>
        <output className={styles.count} aria-live="off">
          {frame === undefined ? "" : counts(frame, spec.filter)}
        </output>
        <Freshness channel={panel.channel} />
        <span className={styles.space} />
        {state === "rows" && !(stale && following) && (
          <FollowButton following={following} newer={frame?.newer ?? 0} onResume={toTop} />
        )}
        <input
          ref={filterInput}
          className={styles.filter}
          type="search"
          value={filter}
          placeholder={TEXT.table.filter}
          title={TEXT.table.filterHint}
          aria-label={TEXT.table.filterLabel(panel.title)}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setFilter(target.value)}
          onKeyDown={onFilterKey}
        />
      </header>
      <div
        id={tabs?.controls}
        className={styles.body}
        role={tabs === undefined ? undefined : "tabpanel"}
        aria-labelledby={tabs === undefined ? undefined : titleId}
        data-beside={beside !== undefined || undefined}
      >
        <Table
          scroller={grid}
          view={panel.name}
          label={panel.title}
          columns={columns}
          sort={sort}
          frame={frame}
          selectedId={picked?.id ?? openId}
          // The drawer goes along; what stands beside does not follow each step.
          openAlong={picked === undefined && openId !== null}
          stale={stale}
          onSort={onSort}
          onOpen={onOpen}
          onFilterKey={() => filterInput.current?.focus()}
          onAtTop={setAtTop}
          onActivity={hold}
          onLeave={release}
        >
          {state !== "rows" && (
            <Placeholder
              state={state}
              empty={panel.empty}
              server={server}
              reason={reason}
              filter={spec.filter}
              held={count(frame?.held ?? 0)}
              onClearFilter={() => setFilter("")}
              onRetry={failed ? null : () => void calls.retry()}
            />
          )}
        </Table>
        {beside}
      </div>
    </section>
  );
}

/** Of a frozen view `total` is its frozen rows, so without a filter only what is held says something. */
function counts({ total, held }: ViewFrame, filter: string): string {
  if (filter !== "") return TEXT.table.match(count(total), count(held));
  return held === 1 ? TEXT.table.countOne : TEXT.table.count(count(held));
}

/** The side of the page that this panel does not stand on. */
function awayFrom(panel: HTMLElement | null): "left" | "right" {
  if (panel === null) return "right";
  const { left, right } = panel.getBoundingClientRect();
  return (left + right) / 2 > window.innerWidth / 2 ? "left" : "right";
}
