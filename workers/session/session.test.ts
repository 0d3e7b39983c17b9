import fc from "fast-check";
import { expect, it } from "vitest";
import { Driver } from "../testing/driver.ts";
import { batch, hello, snapshot, snapshotAck, window } from "../testing/messages.ts";
import type { Event, EventType } from "./events.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { requestOf, TABLE } from "./session.ts";
import type { Session } from "./state.ts";
import { channelsOf, isLive } from "./step.ts";
import { wakeAt } from "./wake.ts";

const seq = fc.integer({ min: 0, max: 400 });
const channel = fc.constantFrom("tx.main", "pool.main", "chain.main", "nonsense");
const known = fc.constantFrom("tx.main" as const, "pool.main" as const, "chain.main" as const);
const own = -1;
/** Mostly the present connection and request. */
const id = fc.oneof(
  { weight: 9, arbitrary: fc.constant(own) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 20 }) },
);
const mode = fc.constantFrom("full" as const, "delta" as const);
const each = <T>(value: T) => ({ "tx.main": value, "pool.main": value, "chain.main": value });

const events: fc.Arbitrary<Event> = fc.oneof(
  fc.constantFrom<Event>({ type: "start" }, { type: "start" }, { type: "stop" }, { type: "composed" }),
  { weight: 4, arbitrary: fc.constant<Event>({ type: "tick" }) },
  {
    weight: 4,
    arbitrary: fc
      .record({ request: id, at: seq, mode, epoch: fc.constantFrom("e-one", "e-one", "e-two") })
      .map(
        ({ request, at, mode: how, epoch }): Event => ({
          type: "snapshot",
          request,
          snapshot: snapshot(at, each(window([], { mode: how })), epoch),
        }),
      ),
  },
  fc
    .record({
      request: id,
      status: fc.constantFrom(0, 409, 500, 503),
      epoch: fc.constantFrom(null, "e-one", "e-two"),
      retry_after_ms: fc.constantFrom(0, 1000),
    })
    .map((fields): Event => ({ type: "snapshot_failed", reason: "x", ...fields })),
  fc
    .record({ connection: id, code: fc.constantFrom(1006, 1012, 4000, 4004, 4009) })
    .map((fields): Event => ({ type: "closed", reason: "", ...fields })),
  {
    weight: 3,
    arbitrary: fc
      .constantFrom("e-one", "e-one", "e-one", "e-two")
      .map((epoch): Event => ({ type: "hello", connection: own, message: hello({ epoch }) })),
  },
  {
    weight: 3,
    arbitrary: seq.map(
      (at): Event => ({ type: "snapshot_ack", connection: own, message: snapshotAck(each(at)) }),
    ),
  },
  {
    weight: 12,
    arbitrary: fc
      .record({
        connection: id,
        name: channel,
        from: seq,
        span: fc.integer({ min: 1, max: 60 }),
        cut: fc.boolean(),
      })
      .map(
        ({ connection, name, from, span, cut }): Event => ({
          type: "batch",
          connection,
          message: batch(name as "tx.main", from, from + span, [], cut ? null : "0000000000000000"),
        }),
      ),
  },
  fc.record({ connection: id, channel }).map((fields): Event => ({ type: "resync_required", ...fields })),
  fc.constant<Event>({ type: "notice", connection: own, channel: "tx.main", rung: "coalesced" }),
  fc
    .record({ at: seq, credit: fc.integer({ min: 0, max: 64 }), reach: fc.constantFrom(undefined, 50) })
    .map(({ at, credit, reach }): Event => {
      const stated =
        reach === undefined ? { seq: at, head: 500, credit } : { seq: at, head: 500, credit, reach };
      const channels = each(stated);
      return {
        type: "heartbeat_ack",
        connection: own,
        message: { op: "HEARTBEAT_ACK", server_time_unix_ms: 0, resume_token: "token-2", channels },
      };
    }),
  fc.constantFrom<Event>(
    { type: "malformed", connection: own, reason: "x" },
    { type: "invalid_session", connection: own, reason: "epoch_changed" },
    { type: "reconnect", connection: own, reason: "draining", after_ms: 500 },
  ),
  fc.record({ channel: known, ok: fc.boolean() }).map((fields): Event => ({ type: "verified", ...fields })),
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(null, 1, 30)
      .map((commit_ms): Event => ({ type: "painted", commit_ms, cadence_ms: 33 })),
  },
  fc.constant<Event>({ type: "retry" }),
  fc.record({ request: id, ready: fc.boolean() }).map((fields): Event => ({ type: "probed", ...fields })),
  fc
    .record({ type: fc.constantFrom("subscribe" as const, "unsubscribe" as const), channel: known })
    .map((fields): Event => fields),
  fc
    .record({ channel: known, from_seq: seq, span: seq, count: fc.nat(9) })
    .map(({ span, ...loss }): Event => ({ type: "shed", ...loss, to_seq: loss.from_seq + span })),
  fc.boolean().map((hidden): Event => ({ type: "hidden", hidden })),
);

const span_ms = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(0, 10, 300, 6000) },
  { weight: 1, arbitrary: fc.constant(400_000) },
);
const stories = fc.array(fc.tuple(events, span_ms), { maxLength: 80 });

/** Where a story begins: any may follow from there. */
const BEGINNINGS = {
  bootstrapped: () => new Driver().step({ type: "start" }).bootstrapped(),
  live: () => new Driver().live(),
  lost: () => new Driver().live().lost().again(),
  unreachable: () => {
    const driver = new Driver().live().lost();
    while (driver.state.at.phase === "waiting") driver.again().lost();
    return driver;
  },
  asleep: () => new Driver().live().step({ type: "hidden", hidden: true }).pass(300_000),
};
const beginning = fc.constantFrom(...(Object.keys(BEGINNINGS) as (keyof typeof BEGINNINGS)[]));

/** The event with the present connection and request in place of `own`. */
function addressed(event: Event, state: Session): Event {
  const { at } = state;
  if ("connection" in event && event.connection === own) {
    return { ...event, connection: "connection" in at ? at.connection : 0 };
  }
  if ("request" in event && event.request === own) {
    return { ...event, request: requestOf(at) ?? 0 };
  }
  return event;
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

function expectBounded(state: Session): void {
  expect(wakeAt(state)).not.toBeNaN();
  expect(state.subscriptions.length).toBeGreaterThan(0);
  expect(state.losses.recent.length).toBeLessThanOrEqual(SESSION_LIMITS.recent_losses_count);
  for (const name of Object.keys(state.seqs)) expect(state.subscriptions).toContain(name);
  if (!isLive(state)) return;
  const { max_credit, channels } = state.at;
  expect(new Set(Object.keys(channels))).toEqual(new Set(state.subscriptions));
  for (const {
    channel: { credit, granted, allowance, unpainted, painting, flow },
  } of channelsOf(state)) {
    expect(credit).toBeGreaterThanOrEqual(0);
    expect(credit).toBeLessThanOrEqual(max_credit);
    expect(allowance).toBeLessThanOrEqual(SESSION_LIMITS.backlog_credit_count);
    expect(Math.min(granted, unpainted, painting)).toBeGreaterThanOrEqual(0);
    if (flow.kind === "paused") expect(flow.buffer.length).toBeLessThanOrEqual(max_credit);
  }
}

it("P1 keeps its bounds and its past under any events, and never lets a cursor go back but by SUBSCRIBE", () => {
  const phases = new Set<string>();
  fc.assert(
    fc.property(stories, beginning, (story, begin) => {
      const driver = BEGINNINGS[begin]();
      phases.add(driver.state.at.phase);
      for (const [event, passed_ms] of story) {
        driver.now += passed_ms;
        const before = freeze(driver.state);
        driver.step(addressed(event, before));
        const after = driver.state;
        phases.add(after.at.phase);
        expectBounded(after);
        if (before.at.phase !== "live" || after.at.phase !== "live") continue;
        for (const name of driver.channels) {
          const was = before.seqs[name];
          if (was !== undefined && after.subscriptions.includes(name)) {
            expect(after.seqs[name] ?? was).toBeGreaterThanOrEqual(was);
          }
        }
      }
    }),
    { numRuns: 500 },
  );
  const reached = Object.keys(TABLE).filter((phase) => phase !== "failed");
  expect(phases).toEqual(new Set(reached));
});

it("P3 says in every phase what it does with every event", () => {
  const types = Object.keys(TABLE.live).toSorted() as EventType[];
  for (const row of Object.values(TABLE)) {
    expect(Object.keys(row).toSorted()).toEqual(types);
    for (const type of types) expect(row[type]).toBeTypeOf("function");
  }
});

it("does the same again from the same seed", () => {
  const story = () => {
    return new Driver(["tx.main"], 42).live().lost().pass(300).state;
  };
  expect(story()).toEqual(story());
});
