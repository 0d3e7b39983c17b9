/** A client by the letter of the contract and no more: what the simulation holds the server against. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { ClientMessage, DeltaBatch, ServerMessage, Snapshot } from "../../protocol/stream/messages.ts";
import { Copy } from "./harness.ts";

interface View {
  readonly copy: Copy;
  /** Credits that the server has, as far as the client can tell. */
  credit: number;
  /** Granted since the last HEARTBEAT went out. */
  granted: number;
  paused: boolean;
}

const OUTSTANDING = 2;

export interface ClientWorld {
  send(message: ClientMessage): void;
  /** GET snapshot-v2 of one channel; the answer comes later. */
  get(channel: ChannelName, since: number | null, answer: (snapshot: Snapshot) => void): void;
}

export class ReferenceClient {
  readonly counts = { applied: 0, gaps: 0, duplicates: 0, regranted: 0, mismatches: 0 };
  readonly views: ReadonlyMap<ChannelName, View>;
  readonly #world: ClientWorld;

  constructor(world: ClientWorld, bootstrap: Snapshot) {
    this.#world = world;
    const names = Object.keys(bootstrap.channels) as ChannelName[];
    this.views = new Map(
      names.map((name) => {
        const copy = new Copy();
        copy.load(bootstrap.snapshot_seq, bootstrap.channels[name] ?? { upsert: [] });
        return [name, { copy, credit: 0, granted: 0, paused: false }];
      }),
    );
    const { snapshot_seq, epoch } = bootstrap;
    world.send({ op: "IDENTIFY", protocol: 2, snapshot_seq, epoch, subscriptions: names });
    for (const name of names) this.#grant(name, OUTSTANDING);
  }

  heartbeat(): void {
    for (const view of this.views.values()) view.granted = 0;
    const applied = [...this.views].map(([name, { copy }]) => [name, copy.seq] as const);
    this.#world.send({ op: "HEARTBEAT", channel_seq: Object.fromEntries(applied) });
  }

  receive(message: ServerMessage): void {
    if (message.op === "HEARTBEAT_ACK") {
      for (const [name, view] of this.views) {
        const told = message.channels[name];
        if (told === undefined) continue;
        if (told.seq > view.copy.seq) this.#repair(name);
        const lost = view.credit - view.granted - told.credit;
        if (lost > 0) {
          this.counts.regranted += lost;
          view.credit -= lost;
          this.#grant(name, lost);
        }
      }
    } else if (message.op === "DISPATCH" && message.type === "DELTA_BATCH") {
      this.#batch(message);
    }
  }

  #batch(batch: DeltaBatch): void {
    const name = batch.channel as ChannelName;
    const view = this.views.get(name);
    if (view === undefined) throw new Error(`a batch of ${name}, which was not asked for`);
    const { copy } = view;
    view.credit = Math.max(0, view.credit - 1);
    if (view.paused) return;
    if (batch.seq <= copy.seq) {
      this.counts.duplicates++;
    } else if (batch.prev_seq > copy.seq) {
      this.#repair(name);
      return;
    } else {
      copy.apply(batch);
      this.counts.applied++;
      const { digest } = batch.watermark;
      if (digest !== null && digest !== copy.digest()) this.counts.mismatches++;
    }
    this.#topUp(name, view);
  }

  #repair(name: ChannelName): void {
    const view = this.views.get(name);
    if (view === undefined || view.paused) return;
    this.counts.gaps++;
    view.paused = true;
    this.#world.get(name, view.copy.seq, (snapshot) => {
      const channel = snapshot.channels[name];
      if (channel === undefined) throw new Error(`no ${name} in the snapshot`);
      if (channel.mode === "full") view.copy.load(snapshot.snapshot_seq, channel);
      else view.copy.patch(snapshot.snapshot_seq, channel);
      if (channel.digest !== view.copy.digest()) this.counts.mismatches++;
      view.paused = false;
      this.#world.send({ op: "RESYNC", channel_seq: { [name]: snapshot.snapshot_seq } });
      this.#topUp(name, view);
    });
  }

  #topUp(name: ChannelName, view: View): void {
    if (view.credit < OUTSTANDING) this.#grant(name, OUTSTANDING - view.credit);
  }

  #grant(name: ChannelName, batches: number): void {
    const view = this.views.get(name);
    if (view === undefined) return;
    view.credit += batches;
    view.granted += batches;
    this.#world.send({ op: "CREDIT", channel_credit: { [name]: batches } });
  }
}
