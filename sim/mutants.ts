/**
 * Ends that break a rule each, to prove that the simulation would see it: handlers and methods of the product, replaced at
 * its seams. Each mutant gives what undoes it.
 */
import { Window } from "../model/window/window.ts";
import { Hub } from "../server/stream/hub.ts";
import { TABLE as SERVER_TABLE } from "../server/stream/session/session.ts";
import type { Step as ServerStep } from "../server/stream/session/step.ts";
import type { EventOf } from "../workers/session/events.ts";
import { TABLE as CLIENT_TABLE } from "../workers/session/session.ts";
import type { In } from "../workers/session/state.ts";
import type { Step } from "../workers/session/step.ts";
import { Budget } from "../workers/shell/budget.ts";
import { Lingering } from "../workers/shell/lingering.ts";
import { Store } from "../workers/store/store.ts";
import { Series } from "../workers/views/series.ts";

/** Puts `replace(original)` in place of a method until what it gives is called. */
function replace<T extends object, K extends keyof T>(
  owner: T,
  key: K,
  make: (original: T[K]) => T[K],
): () => void {
  const original = owner[key];
  owner[key] = make(original);
  return () => {
    owner[key] = original;
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
const client = CLIENT_TABLE.live as Mutable<typeof CLIENT_TABLE.live>;
const server = SERVER_TABLE.live as Mutable<typeof SERVER_TABLE.live>;

const stay = (state: In<"live">): Step => ({ state, effects: [] });

function withoutEffects({ state, effects }: ServerStep, type: string): ServerStep {
  return { state, effects: effects.filter((effect) => effect.type !== type) };
}

/** Applies the batch whatever it joins to. */
function applyAnyway(state: In<"live">, { message }: EventOf<"batch">): Step {
  const channel = message.channel as keyof In<"live">["seqs"];
  return {
    state: { ...state, seqs: { ...state.seqs, [channel]: message.seq } },
    effects: [{ type: "apply", channel, batch: message }],
  };
}

export const MUTANTS: Readonly<Record<string, () => () => void>> = {
  "O8 a client applies what it has applied before": () =>
    replace(client, "batch", (onBatch) => (state, event, now) => {
      const applied = state.seqs[event.message.channel as keyof typeof state.seqs] ?? 0;
      return event.message.seq <= applied ? applyAnyway(state, event) : onBatch(state, event, now);
    }),
  "O5 a client takes a gap for none": () =>
    replace(client, "batch", (onBatch) => (state, event, now) => {
      const applied = state.seqs[event.message.channel as keyof typeof state.seqs] ?? 0;
      return event.message.prev_seq > applied ? applyAnyway(state, event) : onBatch(state, event, now);
    }),
  "D3 a client does not compare digests": () => replace(client, "verified", () => stay),
  "C9 a client does not look at the balances of HEARTBEAT_ACK": () =>
    replace(
      client,
      "heartbeat_ack",
      () => (state) => stay({ ...state, at: { ...state.at, unanswered_ms: null } }),
    ),
  "O4 a client does not answer RESYNC_REQUIRED": () => {
    const undo = [
      replace(client, "resync_required", () => stay),
      replace(client, "heartbeat_ack", () => stay),
    ];
    return () => undo.forEach((each) => each());
  },
  "S10 a client trusts a silent server": () =>
    replace(
      client,
      "tick",
      (onTick) => (state, event, now) =>
        onTick({ ...state, at: { ...state.at, unanswered_ms: null } }, event, now),
    ),
  "O8 a client's store forgets removals": () =>
    replace(
      Store.prototype,
      "apply",
      (apply) =>
        function (this: Store, patch, ...rest) {
          return apply.call(this, { ...patch, remove: [] }, ...rest);
        },
    ),
  "O8 a server forgets evict_before": () =>
    replace(
      Window.prototype,
      "changesSince",
      (changesSince) =>
        function (this: Window, seq, limits) {
          const changes = changesSince.call(this, seq, limits);
          return changes === null ? null : { ...changes, evict_before: 0 };
        },
    ),
  "O8 a server forgets removals": () =>
    replace(
      Window.prototype,
      "changesSince",
      (changesSince) =>
        function (this: Window, seq, limits) {
          const changes = changesSince.call(this, seq, limits);
          return changes === null ? null : { ...changes, remove: [] };
        },
    ),
  "C1 a server takes no credit for a batch": () =>
    replace(server, "batch", (onBatch) => (state, event, now) => {
      const step = onBatch(state, event, now);
      const { channel } = event.batch;
      const before = state.positions.get(channel);
      const after = step.state.phase === "live" ? step.state.positions.get(channel) : undefined;
      if (step.state.phase !== "live" || before === undefined || after === undefined) return step;
      const positions = new Map(step.state.positions).set(channel, { ...after, credit: before.credit });
      return { state: { ...step.state, positions }, effects: step.effects };
    }),
  "C4 a server does not go on when credit comes": () =>
    replace(
      server,
      "CREDIT",
      (onCredit) => (state, event, now) => withoutEffects(onCredit(state, event, now), "pump"),
    ),
  "B1 a server writes whatever the socket holds": () =>
    replace(
      server,
      "batch",
      (onBatch) => (state, event, now) =>
        onBatch(state, { ...event, room_bytes: Number.POSITIVE_INFINITY }, now),
    ),
  "S6 a server never times a session out": () =>
    replace(server, "check", () => (state) => ({ state, effects: [] })),
  "F1 a hub forgets that something changed": () =>
    replace(Hub.prototype, "changed", (changed) => {
      let calls = 0;
      return function (this: Hub) {
        if (++calls % 5 !== 0) changed.call(this);
      };
    }),
  "S16 a hub never lets go of a channel": () => replace(Hub.prototype, "leave", () => () => {}),
  "B10 a worker follows bars that nothing shows": () => replace(Lingering.prototype, "leave", () => () => {}),
  "O8 a chart keeps bars that have left": () =>
    replace(
      Series.prototype,
      "compose",
      (compose) =>
        function (this: Series) {
          const frame = compose.call(this);
          return frame === null ? null : { ...frame, gone: [] };
        },
    ),
  "S12 a client stays behind its breaker": () => {
    const unreachable = CLIENT_TABLE.unreachable as Mutable<typeof CLIENT_TABLE.unreachable>;
    return replace(unreachable, "probed", () => (state) => ({ state, effects: [] }));
  },
  "B8 a worker sheds nothing": () => replace(Budget.prototype, "enforce", () => () => {}),
  "R1 a server resumes at the head, not at the cursor": () => {
    const opening = SERVER_TABLE.new as Mutable<typeof SERVER_TABLE.new>;
    return replace(opening, "RESUME", (onResume) => (state, event, now) => {
      const { world, message } = event;
      const head = Object.fromEntries(message.subscriptions.map((name) => [name, world.log.headSeq]));
      return onResume(state, { ...event, message: { ...message, channel_seq: head } }, now);
    });
  },
};
