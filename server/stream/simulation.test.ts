/**
 * Model, hub and sessions against a client by the contract, in virtual time, over a link that drops, doubles, delays and
 * reorders the server's frames. When the link is good again, every copy equals its channel.
 */
import { EventEmitter } from "node:events";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { WebSocket } from "ws";
import { Model } from "../../model/model.ts";
import { chainHead, feed, transaction } from "../../model/testing/messages.ts";
import { CHANNEL_NAMES, type ChannelName } from "../../protocol/stream/channels.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import type { ServerMessage, Snapshot } from "../../protocol/stream/messages.ts";
import { buildSnapshot } from "../http/snapshot.ts";
import { encodeText } from "../http/text.ts";
import { VirtualClock } from "../testing/clock.ts";
import { ReferenceClient } from "../testing/reference-client.ts";
import { Hub } from "./hub.ts";
import { SocketSession } from "./socket.ts";
import { resumeTokens } from "./token.ts";

const FATES = ["deliver", "deliver", "deliver", "deliver", "drop", "double", "late"] as const;
type Fate = (typeof FATES)[number];

interface Scenario {
  /** Fold so many new transactions and updates of old ones, then let time pass. */
  steps: { fresh: number; updates: number; wait_ms: number }[];
  /** Of the server's frames, in turn. */
  fates: Fate[];
  delay_ms: number;
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  steps: fc.array(
    fc.record({
      fresh: fc.oneof(fc.nat(20), fc.constant(0), fc.constant(650)),
      updates: fc.nat(10),
      wait_ms: fc.integer({ min: 1, max: 400 }),
    }),
    { minLength: 5, maxLength: 25 },
  ),
  fates: fc.array(fc.constantFrom(...FATES), { minLength: 5, maxLength: 50 }),
  delay_ms: fc.integer({ min: 0, max: 300 }),
});

class World {
  readonly clock = new VirtualClock();
  readonly model = new Model({ log_id: "sim", caps: { "tx.main": 600 } });
  readonly client: ReferenceClient;
  readonly dropped = { frames: 0 };
  readonly cut = { batches: 0 };
  readonly #hub = new Hub(this.model, this.clock, { dispatched: () => {} });
  readonly #socket = Object.assign(new EventEmitter(), {
    readyState: 1,
    bufferedAmount: 0,
    send: (data: string | Buffer, _options: object, written: () => void) =>
      this.#toClient(String(data), written),
    close: (code: number) => {
      throw new Error(`the server closed ${code}`);
    },
    terminate: () => {
      throw new Error("the server terminated");
    },
  });
  readonly #delayMs: number;
  #fates: Iterator<Fate>;
  #good = false;
  #made = 0;

  constructor({ fates, delay_ms }: Scenario) {
    this.#delayMs = delay_ms;
    this.#fates = cycle(fates);
    const { clock, model } = this;
    feed(model, chainHead(1));
    const session = new SocketSession(this.#socket as unknown as WebSocket, "sess_sim", {
      model,
      hub: this.#hub,
      clock,
      tokens: resumeTokens("sim"),
      meter: { count: () => {} },
    });
    this.#hub.add(session);
    this.client = new ReferenceClient(
      {
        send: (message) => this.#toServer(JSON.stringify(message)),
        get: (channel, since, answer) => this.#get(channel, since, answer),
      },
      this.#snapshot(CHANNEL_NAMES, null),
    );
  }

  run(steps: Scenario["steps"]): void {
    let nextBeat = LIMITS.heartbeat_interval_ms;
    for (const { fresh, updates, wait_ms } of steps) {
      for (let n = 0; n < fresh; n++) feed(this.model, transaction(++this.#made));
      for (let n = 0; n < updates && n < this.#made; n++) {
        const status = { status: "included", block_number: 7n } as const;
        feed(this.model, transaction(this.#made - n, status));
      }
      this.#hub.changed();
      this.clock.advance(wait_ms);
      if (this.clock.now().ms > nextBeat) {
        this.client.heartbeat();
        nextBeat = this.clock.now().ms + LIMITS.heartbeat_interval_ms;
      }
    }
  }

  /** The link is good from here: some heartbeats, and time for every repair and every batch. */
  settle(): void {
    this.#good = true;
    for (let beats = 0; beats < 6; beats++) {
      this.client.heartbeat();
      this.clock.advance(5_000);
    }
  }

  #toServer(text: string): void {
    this.clock.after(this.#delayMs, () => this.#socket.emit("message", Buffer.from(text), false));
  }

  #toClient(text: string, written: () => void): void {
    const bytes = text.length;
    if (text.includes('"digest":null')) this.cut.batches++;
    this.#socket.bufferedAmount += bytes;
    this.clock.after(this.#delayMs, () => {
      this.#socket.bufferedAmount -= bytes;
      written();
    });
    const fate = this.#good ? "deliver" : (this.#fates.next().value as Fate);
    if (fate === "drop") {
      this.dropped.frames++;
      return;
    }
    const deliver = () => this.client.receive(JSON.parse(text) as ServerMessage);
    this.clock.after(this.#delayMs + (fate === "late" ? 250 : 1), deliver);
    if (fate === "double") this.clock.after(this.#delayMs + 2, deliver);
  }

  #get(channel: ChannelName, since: number | null, answer: (snapshot: Snapshot) => void): void {
    this.clock.after(this.#delayMs, () => {
      const snapshot = this.#snapshot([channel], since);
      this.clock.after(this.#delayMs, () => answer(snapshot));
    });
  }

  #snapshot(channels: readonly ChannelName[], since: number | null): Snapshot {
    const text = encodeText(buildSnapshot({ channels, since, contentDigest: false }, this.model, 0));
    return JSON.parse(Buffer.concat(text).toString()) as Snapshot;
  }
}

function* cycle<T>(items: readonly T[]): Generator<T, never> {
  for (;;) yield* items;
}

it("P2 whatever the link did, every copy equals its channel once the link is good, and no batch ever gave a wrong digest", () => {
  const seen = { cut: 0, dropped: 0, gaps: 0, duplicates: 0, regranted: 0, applied: 0 };
  fc.assert(
    fc.property(scenario, (drawn) => {
      const world = new World(drawn);
      world.run(drawn.steps);
      world.settle();
      for (const [name, { copy }] of world.client.views) {
        const channel = world.model.channels.get(name);
        expect([name, copy.rows.size, copy.digest()]).toEqual([name, channel?.count, channel?.digest()]);
      }
      const { counts } = world.client;
      expect(counts.mismatches).toBe(0);
      seen.dropped += world.dropped.frames;
      seen.cut += world.cut.batches;
      seen.gaps += counts.gaps;
      seen.duplicates += counts.duplicates;
      seen.regranted += counts.regranted;
      seen.applied += counts.applied;
    }),
    { numRuns: 40 },
  );
  for (const [what, times] of Object.entries(seen)) expect([what, times > 10]).toEqual([what, true]);
});
