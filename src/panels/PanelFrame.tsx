/** A panel on the screen: its head (title, counts, freshness, follow, filter) above its table. */
import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import type { ColumnId, ViewFrame, ViewSpec } from "../../workers/api.ts";
import { focusDrawer } from "../drawer/Drawer.tsx";
import { count } from "../format.ts";
import { rowsAge } from "../stores/freshness.ts";
import { select, useSelection } from "../stores/selection.ts";
import { useStatus } from "../stores/status.ts";
import { useStatusAt } from "../stores/statusAt.ts";
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
type FramedPanel = Pick<Panel, "name" | "channel" | "title" | "defaultSort" | "empty"> & {
  columns: Readonly<Partial<Record<ColumnId, Column>>>;
};

export function PanelFrame({ panel }: { panel: FramedPanel }) {
  const calls = useStream();
  const titleId = useId();
  const section = useRef<HTMLElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const filterInput = useRef<HTMLInputElement>(null);

  const [sort, setSort] = useState(panel.defaultSort);
  const [filter, setFilter] = useState("");
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
  const selectedId = useSelection(({ selection }) => (selection?.view === panel.name ? selection.id : null));

  const onSort = useCallback(
    (column: ColumnId) => setSort((before) => nextSort(before, column, panel.defaultSort)),
    [panel.defaultSort],
  );
  const onOpen = (id: string) => {
    if (id === selectedId) return focusDrawer();
    const side = awayFrom(section.current);
    void select(calls, { view: panel.name, channel: panel.channel, id, side });
  };
  const onFilterKey = ({ key }: KeyboardEvent) => {
    if (key === "Enter" || key === "ArrowDown" || (key === "Escape" && filter === "")) grid.current?.focus();
    if (key === "Escape") setFilter("");
  };

  return (
    <section ref={section} className={styles.panel} aria-labelledby={titleId} data-panel={panel.name}>
      <header className={styles.head}>
        <h2 id={titleId}>{panel.title}</h2>
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
      <Table
        scroller={grid}
        view={panel.name}
        label={panel.title}
        columns={columns}
        sort={sort}
        frame={frame}
        selectedId={selectedId}
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
