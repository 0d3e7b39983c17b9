/** One view of a channel: what its spec selects, and of that the visible rows, formatted. */
import type { Row } from "../../protocol/stream/messages.ts";
import type { Cell, ViewFrame, ViewRange, ViewRow, ViewSpec } from "../api.ts";
import { type Column, type Context, comparator, MISSING } from "../format/columns.ts";
import { columnOf } from "../format/formats.ts";
import { VIEW_LIMITS } from "../limits.ts";
import type { Store } from "../store/store.ts";
import { matcher } from "./filter.ts";
import { Frozen } from "./frozen.ts";
import { Hold } from "./hold.ts";
import { Order, type Sorting } from "./order.ts";

/** Rows shown before the page says what is visible. */
const FIRST_RANGE: ViewRange = { start: 0, end: 64 };

export class View {
  readonly name: string;
  readonly spec: ViewSpec;
  /** Rows that could not be formatted: fields that are not as the schema says. */
  malformed = 0;

  #store: Store;
  #columns: (Column<Row> | null)[];
  #sorted: Column<Row> | null;
  #order: Order;
  #frozen: Frozen | null = null;
  #hold: Hold;
  #range = FIRST_RANGE;
  #context: Context;
  #contextVersion = -1;
  #version = -1;
  #held = 0;
  #sent: ViewFrame | null = null;
  /** The rows of the last frame as they read: most of them are in the next one. */
  #formatted = new Map<Row, ViewRow>();

  constructor(name: string, spec: ViewSpec, store: Store, context: Context) {
    this.name = name;
    this.spec = spec;
    this.#store = store;
    this.#context = context;
    this.#columns = spec.columns.map((id) => columnOf(spec.channel, id));
    this.#sorted = spec.sort === null ? null : columnOf(spec.channel, spec.sort.column);
    this.#order = new Order(store, matcher(spec.channel, spec.filter), this.#sorting());
    this.#hold = new Hold(store);
  }

  /** It has taken no instant yet. */
  get isNew(): boolean {
    return this.#version === -1;
  }

  get following(): boolean {
    return this.#frozen === null;
  }

  get range(): ViewRange {
    return this.#range;
  }

  /** Start and end are cut to whole numbers from 0 and to as many rows as a frame may carry. */
  setRange({ start, end }: ViewRange): void {
    const from = Math.max(0, Math.trunc(start) || 0);
    const to = Math.max(from, Math.trunc(end) || 0);
    this.#range = { start: from, end: Math.min(to, from + VIEW_LIMITS.rows_count) };
  }

  /** `false`: the view keeps the rows of its present instant. */
  setFollow(follow: boolean): void {
    if (follow) this.#frozen = null;
    else if (this.#frozen === null) this.#frozen = new Frozen(this.#order.rows(), this.#store, this.#hold);
  }

  /** Bytes of rows that it may hold and the store has not. */
  get beyond_bytes(): number {
    return this.#hold.beyond_bytes + (this.#frozen?.beyond_bytes ?? 0);
  }

  /** Lets go of the rows that the store has not. Its instant is then the present one. */
  release(contextVersion: number): void {
    if (this.beyond_bytes === 0) return;
    this.refresh(contextVersion);
    this.#frozen?.release();
    this.#formatted.clear();
  }

  /** Whether `refresh` would find anything. `contextVersion` counts changes of the context. */
  isBehind(contextVersion: number): boolean {
    return (
      this.#version !== this.#store.version || (this.#isLive() && this.#contextVersion !== contextVersion)
    );
  }

  /** Takes the store's present state for the view's instant. */
  refresh(contextVersion: number): void {
    if (this.#sorted?.live === true && this.#contextVersion !== contextVersion) this.#order.invalidate();
    if (this.#contextVersion !== contextVersion && this.#isLive()) this.#formatted.clear();
    this.#contextVersion = contextVersion;
    this.#version = this.#store.version;
    this.#held = this.#store.count - this.#store.shedRows;
    this.#hold = new Hold(this.#store);
    this.#order.refresh((row, matches, fresh) => this.#frozen?.take(row, matches, fresh));
  }

  /** The frame of the visible rows; null when it would equal the last one that was sent, or no window has come yet. */
  compose(): ViewFrame | null {
    if (this.#store.windows === 0) return null;
    const rows = this.#frozen ?? this.#order;
    const total = rows.length;
    const start = Math.min(this.#range.start, total);
    const frame: ViewFrame = {
      view: this.name,
      total,
      held: this.#held,
      start,
      rows: [],
      newer: this.#frozen?.newer ?? 0,
    };
    const formatted = new Map<Row, ViewRow>();
    for (let index = start; index < Math.min(this.#range.end, total); index++) {
      const row = rows.at(index);
      const text = this.#formatted.get(row) ?? this.#format(row);
      formatted.set(row, text);
      frame.rows.push(text);
    }
    this.#formatted = formatted;
    if (this.#sent !== null && equals(this.#sent, frame)) return null;
    this.#sent = frame;
    return frame;
  }

  #isLive(): boolean {
    return this.#sorted?.live === true || this.#columns.some((column) => column?.live === true);
  }

  #sorting(): Sorting | null {
    const column = this.#sorted;
    if (column === null || this.spec.sort === null) return null;
    const type = column.order === "number" ? "number" : "string";
    return {
      // Rows come from outside: one whose field is not what the column sorts by is sorted as missing.
      key: (row) => {
        try {
          const key = column.key(row, this.#context);
          return typeof key === type && !Number.isNaN(key) ? key : null;
        } catch {
          return null;
        }
      },
      compare: comparator(column.order, this.spec.sort.direction),
    };
  }

  #format(row: Row): ViewRow {
    let malformed = false;
    const cells = this.#columns.map((column): Cell => {
      try {
        return column === null ? MISSING : column.cell(row, this.#context);
      } catch {
        malformed = true;
        return MISSING;
      }
    });
    if (malformed) this.malformed++;
    return { id: row.id, seq: row.seq, cells };
  }
}

function equals(a: ViewFrame, b: ViewFrame): boolean {
  return (
    a.total === b.total &&
    a.held === b.held &&
    a.start === b.start &&
    a.newer === b.newer &&
    a.rows.length === b.rows.length &&
    a.rows.every((row, at) => sameRow(row, b.rows[at]!))
  );
}

function sameRow(a: ViewRow, b: ViewRow): boolean {
  if (a.id !== b.id || a.seq !== b.seq) return false;
  return (
    a === b ||
    a.cells.every((cell, at) => cell.text === b.cells[at]!.text && cell.title === b.cells[at]!.title)
  );
}
