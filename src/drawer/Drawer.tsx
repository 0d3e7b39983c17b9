/** The details of the selected row: a pinned copy, opened at once from the worker, filled from the server. */
import { useEffect } from "react";
import { kindOf } from "../../protocol/stream/channels.ts";
import { count } from "../format.ts";
import { DESCRIBED } from "../panels/index.ts";
import type { Described } from "../panels/panel.ts";
import type { Selection } from "../stores/selection.ts";
import { deselect, select, useSelection } from "../stores/selection.ts";
import { useViews } from "../stores/views.ts";
import { useStream } from "../stream/context.ts";
import { TEXT } from "../text.ts";
import { CopyButton } from "./CopyButton.tsx";
import styles from "./Drawer.module.css";
import { FieldList } from "./FieldList.tsx";
import type { Field } from "./fields.ts";
import { RawJson } from "./RawJson.tsx";
import { Transaction } from "./Transaction.tsx";

/** Any channel's panel: what of it the drawer needs. */
type AnyDescribed = Pick<Described, "title" | "headline"> & { fields: Readonly<Record<string, Field>> };

const DRAWER_ID = "details";

/** The keyboard goes back to the table, if it was in the drawer: else it would be nowhere. */
function closeDrawer(view: string): void {
  const drawer = document.getElementById(DRAWER_ID);
  const inside = drawer?.contains(document.activeElement) === true;
  deselect();
  if (inside) document.querySelector<HTMLElement>(`[data-panel="${view}"] [role="grid"]`)?.focus();
}

/** Moves the keyboard into the drawer. */
export function focusDrawer(): void {
  document.getElementById(DRAWER_ID)?.focus();
}

export function Drawer() {
  const selection = useSelection((state) => state.selection);
  const view = selection?.view;
  useEffect(() => {
    if (view === undefined) return;
    const onKeyDown = ({ key, defaultPrevented }: KeyboardEvent) => {
      if (key === "Escape" && !defaultPrevented) closeDrawer(view);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [view]);
  return selection === null ? null : <Details selection={selection} />;
}

function Details({ selection }: { selection: Selection }) {
  const { channel, id, entity, transaction, side } = selection;
  const panel: AnyDescribed = DESCRIBED[kindOf(channel)];
  return (
    <aside
      id={DRAWER_ID}
      className={styles.drawer}
      tabIndex={-1}
      data-side={side}
      aria-label={TEXT.drawer.label}
    >
      <header className={styles.head}>
        <div>
          <h2>
            {panel.title}
            {entity && <span>{panel.headline(entity)}</span>}
          </h2>
          <p className={styles.id}>
            <span title={id}>{id}</span>
            <CopyButton text={id} label="id" />
          </p>
        </div>
        <button
          type="button"
          className={styles.close}
          title={TEXT.drawer.close}
          aria-label={TEXT.drawer.close}
          onClick={() => closeDrawer(selection.view)}
        >
          <span aria-hidden>✕</span>
        </button>
      </header>
      <div className={styles.body}>
        {entity === undefined && <p className={styles.note}>{TEXT.drawer.opening}</p>}
        {entity === null && (
          <p className={styles.note}>
            {TEXT.drawer.gone} {TEXT.drawer.goneHint}
          </p>
        )}
        {entity && (
          <>
            <p className={styles.note}>
              {TEXT.drawer.pinned(count(entity.seq))}
              <ChangedSince selection={selection} seq={entity.seq} />
            </p>
            <FieldList fields={panel.fields} entity={entity} />
          </>
        )}
        <Transaction transaction={transaction} known={channel === "tx.main" ? (entity ?? null) : null} />
        {entity && <RawJson label={TEXT.drawer.raw} value={entity} />}
      </div>
    </aside>
  );
}

/** The pinned copy does not change under the reader; where the row has, it offers to. */
function ChangedSince({ selection, seq }: { selection: Selection; seq: number }) {
  const calls = useStream();
  const changed = useViews((views) => {
    const row = views[selection.view]?.rows.find(({ id }) => id === selection.id);
    return row !== undefined && row.seq > seq;
  });
  if (!changed) return null;
  const renew = () => {
    deselect();
    void select(calls, selection);
  };
  return (
    <button type="button" className={styles.renew} onClick={renew}>
      {TEXT.drawer.changed}
    </button>
  );
}
