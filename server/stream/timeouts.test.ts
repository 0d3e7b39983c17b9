/** What ends a session, over real sockets in virtual time. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { transaction } from "../../model/testing/messages.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { VirtualClock } from "../testing/clock.ts";
import { getMetric, StreamClient, startTestServer, type TestServer } from "../testing/harness.ts";

let clock: VirtualClock;
let server: TestServer;
let client: StreamClient;
let made = 0;

beforeEach(async () => {
  clock = new VirtualClock();
  server = await startTestServer({ clock });
  server.source.push(transaction(++made));
  client = new StreamClient(server.url);
});

afterEach(async () => {
  await client.close();
  clock.advance(SERVER_LIMITS.close_timeout_ms);
  await server.close();
});

describe("S timeouts", () => {
  it("S5 a client that does not identify is closed 4003", async () => {
    await client.next();
    clock.advance(LIMITS.identify_timeout_ms + SERVER_LIMITS.session_check_ms);
    expect(await client.closed).toMatchObject({
      code: 4003,
      reason: expect.stringContaining("IDENTIFY") as string,
    });
  });

  it("S6 a client that stops its HEARTBEATs is closed 4009, one that goes on is not", async () => {
    await client.identify(server.model.epoch, 1, ["tx.main"]);
    for (let beats = 0; beats < 3; beats++) {
      clock.advance(LIMITS.heartbeat_interval_ms);
      await client.heartbeat();
    }
    clock.advance(
      LIMITS.heartbeat_interval_ms * LIMITS.heartbeat_grace_intervals + SERVER_LIMITS.session_check_ms,
    );
    expect((await client.closed).code).toBe(4009);
    while ((await getMetric(server, "stream_v2_sessions")) > 0);
    clock.advance(SERVER_LIMITS.session_check_ms);
    expect(clock.pending).toBe(0);
  });

  it("B1 a client that reads nothing is not buffered for: its cursor waits, and it is cut off when nothing drains", async () => {
    await client.identify(server.model.epoch, 1, ["tx.main"]);
    client.credit("tx.main", LIMITS.max_credit);
    await client.heartbeat();
    client.socket.pause();
    let backlog = 0;
    for (let rounds = 0; backlog === 0; rounds++) {
      expect(rounds).toBeLessThan(60);
      for (let n = 0; n < 2000; n++) server.source.push(transaction(++made));
      await new Promise(setImmediate);
      clock.advance(LIMITS.max_flush_interval_ms);
      backlog = await getMetric(server, "dashboard_stream_backlog");
    }
    clock.advance(LIMITS.drain_timeout_ms + 2 * SERVER_LIMITS.session_check_ms);
    client.socket.resume();
    expect((await client.closed).code).toBe(1006);
  });
});
