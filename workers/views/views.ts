/** The views and series that are open. All that one `compose` gives belongs to one instant. */
import {
  BARS,
  type ChannelName,
  isChannelName,
  isMainChannel,
  parseBarsChannel,
} from "../../protocol/stream/channels.ts";
import type { SeriesFrame, SeriesSpec, ViewFrame, ViewRange, ViewSpec } from "../api.ts";
import { columnOf } from "../format/formats.ts";
import { BARS_LIMITS, VIEW_LIMITS } from "../limits.ts";
import { Store } from "../store/store.ts";
import type { Stores } from "../store/stores.ts";
import { Heads } from "./heads.ts";
import { Series } from "./series.ts";
import { View } from "./view.ts";

export interface Composed {
  views: ViewFrame[];
  series: SeriesFrame[];
}

export class Views {
  #stores: Stores;
  #heads: Heads;
  #views = new Map<string, View>();
  #series = new Map<string, Series>();

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

  /** Whether a view or a series shows it. chain.main always counts as shown: the depth of every row is told by its heads. */
  shows(channel: ChannelName): boolean {
    return channel === "chain.main" || this.#shown().includes(channel);
  }

  /**
   * Opens a view or replaces its spec. A replaced one keeps its range, and if it was frozen it takes a new copy. A channel of
   * bars that has no store yet gets one. RangeError: an unknown channel or column, too many views or channels of bars.
   */
  open(name: string, spec: ViewSpec): void {
    check(spec);
    const before = this.#views.get(name);
    if (before === undefined && this.#views.size >= VIEW_LIMITS.views_count) {
      throw new RangeError(`view ${name}: ${VIEW_LIMITS.views_count} views are open, which is the most`);
    }
    this.#checkRoom(spec.channel, before);
    const view = new View(name, spec, this.#storeOf(spec.channel), this.#heads);
    this.#views.set(name, view);
    if (before === undefined) return;
    view.setRange(before.range);
    if (!before.following) this.setFollow(name, false);
  }

  close(name: string): void {
    this.#views.delete(name);
  }

  /** Opens a series or begins it anew. RangeError: no channel of bars, too many series or channels of bars. */
  openSeries(name: string, spec: SeriesSpec): void {
    if (parseBarsChannel(spec.channel) === null) {
      throw new RangeError(`series: ${spec.channel} is no channel of bars`);
    }
    const before = this.#series.get(name);
    if (before === undefined && this.#series.size >= VIEW_LIMITS.series_count) {
      throw new RangeError(`series ${name}: ${VIEW_LIMITS.series_count} series are open, which is the most`);
    }
    this.#checkRoom(spec.channel, before);
    this.#series.set(name, new Series(name, spec, this.#storeOf(spec.channel)));
  }

  closeSeries(name: string): void {
    this.#series.delete(name);
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
   * The frames of the views and series that changed. `isCut`: the channel is between the parts of one change set, so they stay
   * at the instant before.
   */
  compose(isCut: (channel: ChannelName) => boolean): Composed {
    if (!isCut("chain.main")) this.#heads.refresh();
    const views: ViewFrame[] = [];
    for (const view of this.#views.values()) {
      if (!isCut(view.spec.channel) && view.isBehind(this.#heads.version)) view.refresh(this.#heads.version);
      const frame = view.compose();
      if (frame !== null) views.push(frame);
    }
    const series: SeriesFrame[] = [];
    for (const each of this.#series.values()) {
      const frame = isCut(each.spec.channel) ? null : each.compose();
      if (frame !== null) series.push(frame);
    }
    return { views, series };
  }

  /** Channels of all views and series, but for one. */
  #shown(except?: View | Series): ChannelName[] {
    const all = [...this.#views.values(), ...this.#series.values()];
    return all.filter((each) => each !== except).map(({ spec }) => spec.channel);
  }

  /** `replaced`: what makes room. */
  #checkRoom(channel: ChannelName, replaced: View | Series | undefined): void {
    const shown = new Set([...this.#shown(replaced), channel].filter((each) => !isMainChannel(each)));
    if (shown.size <= BARS_LIMITS.followed_count) return;
    throw new RangeError(
      `${channel}: ${BARS_LIMITS.followed_count} channels of bars are shown, which is the most`,
    );
  }

  #storeOf(channel: ChannelName): Store {
    this.#stores[channel] ??= new Store(BARS.cap);
    return this.#stores[channel];
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
