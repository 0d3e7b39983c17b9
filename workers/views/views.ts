/** The views that are open. All that one `compose` gives belongs to one instant. */
import { type ChannelName, isChannelName } from "../../protocol/stream/channels.ts";
import type { ViewFrame, ViewRange, ViewSpec } from "../api.ts";
import { columnOf } from "../format/formats.ts";
import { VIEW_LIMITS } from "../limits.ts";
import type { Stores } from "../store/stores.ts";
import { Heads } from "./heads.ts";
import { View } from "./view.ts";

export class Views {
  #stores: Stores;
  #heads: Heads;
  #views = new Map<string, View>();

  constructor(stores: Stores) {
    this.#stores = stores;
    this.#heads = new Heads(stores["chain.main"]);
  }

  get size(): number {
    return this.#views.size;
  }

  /** Bytes of rows that views may hold and their stores have not. */
  get beyond_bytes(): number {
    let bytes = 0;
    for (const view of this.#views.values()) bytes += view.beyond_bytes;
    return bytes;
  }

  /** Whether a view shows it. chain.main always counts as shown: the depth of every row is told by its heads. */
  shows(channel: ChannelName): boolean {
    return channel === "chain.main" || [...this.#views.values()].some(({ spec }) => spec.channel === channel);
  }

  /**
   * Opens a view or replaces its spec. A replaced one keeps its range, and if it was frozen it takes a new copy.
   * RangeError: an unknown channel or column, or too many views.
   */
  open(name: string, spec: ViewSpec): void {
    check(spec);
    const before = this.#views.get(name);
    if (before === undefined && this.#views.size >= VIEW_LIMITS.views_count) {
      throw new RangeError(`view ${name}: ${VIEW_LIMITS.views_count} views are open, which is the most`);
    }
    const view = new View(name, spec, this.#stores[spec.channel], this.#heads);
    this.#views.set(name, view);
    if (before === undefined) return;
    view.setRange(before.range);
    if (!before.following) this.setFollow(name, false);
  }

  close(name: string): void {
    this.#views.delete(name);
  }

  setRange(name: string, range: ViewRange): void {
    this.#views.get(name)?.setRange(range);
  }

  setFollow(name: string, follow: boolean): void {
    const view = this.#views.get(name);
    if (view === undefined) return;
    if (view.isNew) view.refresh(this.#heads.version);
    view.setFollow(follow);
  }

  /**
   * Lets go of the rows that the stores have not. A view of a channel between the parts of one change set stays at its
   * instant.
   */
  release(isCut: (channel: ChannelName) => boolean): void {
    for (const view of this.#views.values()) {
      if (!isCut(view.spec.channel)) view.release(this.#heads.version);
    }
  }

  /**
   * The frames of the views that changed. `isCut`: the channel is between the parts of one change set, so its views
   * stay at the instant before.
   */
  compose(isCut: (channel: ChannelName) => boolean): ViewFrame[] {
    if (!isCut("chain.main")) this.#heads.refresh();
    const frames: ViewFrame[] = [];
    for (const view of this.#views.values()) {
      if (!isCut(view.spec.channel) && view.isBehind(this.#heads.version)) view.refresh(this.#heads.version);
      const frame = view.compose();
      if (frame !== null) frames.push(frame);
    }
    return frames;
  }
}

function check(spec: ViewSpec): void {
  if (!isChannelName(spec.channel)) throw new RangeError(`view: unknown channel ${String(spec.channel)}`);
  const columns = spec.sort === null ? spec.columns : [...spec.columns, spec.sort.column];
  for (const column of columns) {
    if (columnOf(spec.channel, column) === null) {
      throw new RangeError(`view: ${spec.channel} has no column ${column}`);
    }
  }
}
