import { describe, expect, it } from "vitest";
import { SERVER_LIMITS } from "../../limits.ts";
import { after, at, closing, LIVE, MESSAGES, NEW, says } from "../../testing/session.ts";
import type { SessionEvent } from "./events.ts";
import { step } from "./session.ts";
import type { SessionState } from "./state.ts";

const PING = { type: "control", frame: "ping", room_bytes: 1 } as const;
const PONG = { type: "control", frame: "pong", room_bytes: 1 } as const;

describe("B bounds", () => {
  it.each<[string, SessionState, SessionEvent]>([
    ["messages", LIVE, says(MESSAGES.HEARTBEAT)],
    ["pings", LIVE, PING],
    ["pongs", LIVE, PONG],
    ["pings before IDENTIFY", NEW, PING],
  ])("B3 more %s than the allowance close 4008; it refills with time", (_what, from, event) => {
    const { client_burst_count, client_messages_per_s } = SERVER_LIMITS;
    let spent = from;
    for (let n = 0; n < client_burst_count; n++) spent = after(spent, [event, 10]);
    expect(closing(step(spent, event, at(10)))).toMatchObject({ reason: "rate_limited" });
    expect(closing(step(spent, event, at(10 + 1000 / client_messages_per_s)))).toBeNull();
  });

  it("B3 what the server does of itself costs the client nothing", () => {
    expect(after(LIVE, [{ type: "drained", room_bytes: 0 }, 20])).toMatchObject({
      allowance: LIVE.allowance,
    });
  });

  it("B1 a ping is answered while the socket has room", () => {
    expect(step(LIVE, PING, at(20)).effects).toEqual([{ type: "pong" }]);
    expect(step(LIVE, { ...PING, room_bytes: 0 }, at(20)).effects).toEqual([]);
    expect(step(LIVE, PONG, at(20)).effects).toEqual([]);
  });
});
