/** The numbers and codes that clients rely on: a change here is a change of the contract. */
import { expect, it } from "vitest";
import { CLOSE, LIMITS } from "../protocol/stream/limits.ts";
import "./limits.ts";

it("S13 close codes are the contract's", () => {
  const codes = Object.fromEntries(Object.entries(CLOSE).map(([reason, { code }]) => [reason, code]));
  expect(codes).toEqual({
    internal: 4000,
    unknown_op: 4001,
    bad_message: 4002,
    not_identified: 4003,
    bad_token: 4004,
    already_identified: 4005,
    rate_limited: 4008,
    session_timed_out: 4009,
    protocol_too_old: 4010,
    too_many_sessions: 4013,
    invalid_session: 1000,
    frame_too_large: 1009,
    restart: 1012,
  });
});

it("B7 the limits that HELLO states are the contract's", () => {
  expect(LIMITS).toMatchObject({
    protocol: 2,
    heartbeat_interval_ms: 15_000,
    max_entities_per_batch: 500,
    max_frame_bytes: 262_144,
    max_flush_interval_ms: 100,
    max_credit: 64,
    resume_token_ttl_ms: 120_000,
  });
});
