import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { ClientMessage } from "../../../protocol/stream/messages.ts";
import { at, check, FUNDED, says } from "../../testing/session.ts";
import type { SessionEvent } from "./events.ts";
import { step } from "./session.ts";
import type { LiveState, SessionState } from "./state.ts";

describe("P properties", () => {
  const channel = fc.constantFrom("tx.main", "pool.main");
  const seq = fc.integer({ min: 0, max: 1000 });
  const anyMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
    fc.record({
      op: fc.constant("CREDIT" as const),
      channel_credit: fc.dictionary(channel, fc.integer({ min: 0, max: 1024 }), { minKeys: 1 }),
    }),
    fc.record({
      op: fc.constant("RESYNC" as const),
      channel_seq: fc.dictionary(channel, seq, { minKeys: 1 }),
    }),
    fc.record({
      op: fc.constant("SUBSCRIBE" as const),
      channel_seq: fc.dictionary(channel, seq, { minKeys: 1 }),
    }),
    fc.record({ op: fc.constant("UNSUBSCRIBE" as const), channels: fc.array(channel, { maxLength: 2 }) }),
    fc.record({
      op: fc.constant("HEARTBEAT" as const),
      channel_seq: fc.dictionary(channel, seq, { minKeys: 1 }),
    }),
  );
  const anyEvent: fc.Arbitrary<SessionEvent> = fc.oneof(
    anyMessage.map((value) => says(value)),
    fc
      .record({
        channel,
        prev_seq: seq,
        seq,
        complete: fc.boolean(),
        frame_bytes: fc.integer({ min: 1, max: LIMITS.max_frame_bytes }),
      })
      .chain((offer) =>
        fc.record({
          type: fc.constant("batch" as const),
          batch: fc.constant({ ...offer, seq: Math.max(offer.seq, offer.prev_seq + 1) }),
          room_bytes: fc.constantFrom(Number.POSITIVE_INFINITY, LIMITS.max_frame_bytes, 1000, 0),
        }),
      ),
    fc.record({ type: fc.constant("starved" as const), channel }),
    fc.record({ type: fc.constant("out_of_reach" as const), channel, room_bytes: fc.constant(1000) }),
    fc.constant<SessionEvent>({ type: "drained", room_bytes: LIMITS.max_frame_bytes }),
    fc.constant<SessionEvent>(check({ room: 1000 })),
  );

  it("P1 credit stays in 0..max_credit, no batch goes without credit, and only RESYNC or SUBSCRIBE moves a cursor back", () => {
    let batches = 0;
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 20, maxLength: 60 }), (events) => {
        let state: SessionState = FUNDED;
        for (const [index, drawn] of events.entries()) {
          if (state.phase !== "live") break;
          const before: LiveState = state;
          const event = joined(drawn, before);
          const next = step(before, event, at(index * 1000));
          const wrote = next.effects.some((effect) => effect.type === "send_batch");
          if (wrote) {
            batches++;
            expect(event.type).toBe("batch");
          }
          if (next.state.phase === "live") {
            for (const [name, position] of next.state.positions) {
              expect(position.credit).toBeGreaterThanOrEqual(0);
              expect(position.credit).toBeLessThanOrEqual(LIMITS.max_credit);
              const held = before.positions.get(name);
              const placed = event.type === "RESYNC" || event.type === "SUBSCRIBE";
              if (held !== undefined && !placed) expect(position.cursor).toBeGreaterThanOrEqual(held.cursor);
            }
            if (wrote && event.type === "batch") {
              const held = before.positions.get(event.batch.channel);
              expect(held?.credit).toBeGreaterThan(0);
              expect(held?.cursor).toBe(event.batch.prev_seq);
            }
          }
          state = next.state;
        }
      }),
      { numRuns: 500 },
    );
    expect(batches).toBeGreaterThan(100);
  });

  /** Half of the drawn batches are made to join, or few would ever be written. */
  function joined(event: SessionEvent, state: LiveState): SessionEvent {
    if (event.type !== "batch" || event.batch.frame_bytes % 2 === 0) return event;
    const cursor = state.positions.get(event.batch.channel)?.cursor ?? event.batch.prev_seq;
    return { ...event, batch: { ...event.batch, prev_seq: cursor, seq: cursor + 5 } };
  }
});
