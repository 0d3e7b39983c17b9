/** Who may be sent a snapshot, first by the counts alone, then over raw sockets that do not read. */
import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { transaction } from "../../model/testing/messages.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { VirtualClock } from "../testing/clock.ts";
import { startTestServer, type TestServer } from "../testing/harness.ts";
import { SnapshotPlaces } from "./snapshot-places.ts";

const LIMITS_AS_THEY_ARE = { ...SERVER_LIMITS };

let clock: VirtualClock;

beforeEach(() => {
  clock = new VirtualClock();
});

afterEach(() => {
  Object.assign(SERVER_LIMITS, LIMITS_AS_THEY_ARE);
});

class FakeResponse extends EventEmitter {
  destroy(): this {
    this.emit("close");
    return this;
  }
}

describe("places", () => {
  let places: SnapshotPlaces;

  beforeEach(() => {
    places = new SnapshotPlaces(clock);
  });

  /** `ServerResponse` for all that the places know of it. */
  function hold(address: string, bytes = 1): FakeResponse {
    const response = new FakeResponse();
    places.hold(response as never, address, bytes);
    return response;
  }

  it("H4 one address has its share and no more, whatever others have, and has it again as its snapshots end", () => {
    const own = Array.from({ length: SERVER_LIMITS.max_snapshots_per_address_count }, () => hold("10.0.0.1"));
    expect(places.isFree("10.0.0.1")).toBe(false);
    expect(places.isFree("10.0.0.2")).toBe(true);
    own[0]?.destroy();
    expect(places.isFree("10.0.0.1")).toBe(true);
  });

  it("H4 all addresses together have so many", () => {
    for (let n = 0; n < SERVER_LIMITS.max_snapshots_in_flight_count; n++) {
      expect(places.isFree(`10.0.0.${n}`)).toBe(true);
      hold(`10.0.0.${n}`);
    }
    expect(places.isFree("10.0.1.1")).toBe(false);
  });

  it("H4 all bodies together have so many bytes, which are given back", () => {
    const half = SERVER_LIMITS.max_snapshots_in_flight_bytes / 2;
    const [first] = [hold("10.0.0.1", half), hold("10.0.0.2", half - 1)];
    expect(places.isFree("10.0.0.3")).toBe(true);
    hold("10.0.0.3", 1);
    expect(places.isFree("10.0.0.4")).toBe(false);
    first?.destroy();
    expect(places.isFree("10.0.0.4")).toBe(true);
  });

  it("cuts one at its deadline, and leaves no timer behind one that ended before", () => {
    hold("10.0.0.1").destroy();
    expect(clock.pending).toBe(0);
    let cut = 0;
    hold("10.0.0.1").on("close", () => cut++);
    clock.advance(SERVER_LIMITS.snapshot_deadline_ms - 1);
    expect(cut).toBe(0);
    clock.advance(1);
    expect(cut).toBe(1);
    expect(clock.pending).toBe(0);
  });
});

describe("over sockets that do not read", () => {
  let server: TestServer;
  let serverClock: VirtualClock;
  let unread: Socket[] = [];

  beforeAll(async () => {
    serverClock = new VirtualClock();
    server = await startTestServer({ clock: serverClock, model: { caps: { "tx.main": 60_000 } } });
    server.source.push(...Array.from({ length: 60_000 }, (_, n) => transaction(n)));
  });

  afterEach(async () => {
    for (const socket of unread) socket.destroy();
    unread = [];
    while ((await status()) !== 200);
  });

  afterAll(() => server.close());

  /** Asks for a body that no kernel takes whole, and reads none of it. */
  async function ask(): Promise<Socket> {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1").pause();
    socket.on("error", () => {});
    unread.push(socket);
    socket.write("GET /dashboard/snapshot-v2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(socket, "readable");
    return socket;
  }

  const small = () => fetch(`${server.url}/dashboard/snapshot-v2?channels=chain.main`);
  const status = async () => {
    const answer = await small();
    await answer.text();
    return answer.status;
  };

  it.each([
    ["places", { max_snapshots_in_flight_count: 1 }],
    ["bytes", { max_snapshots_in_flight_bytes: 1_048_576 }],
    ["places of one address", { max_snapshots_per_address_count: 1 }],
  ])("H4 all %s taken is 503 with Retry-After, until the body has gone", async (_what, limit) => {
    Object.assign(SERVER_LIMITS, limit);
    const holder = await ask();
    const refused = await small();
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    await refused.text();
    holder.destroy();
    await expect.poll(status).toBe(200);
  });

  it("H4 a snapshot that is read too slowly is cut at its deadline, and its place is free", async () => {
    Object.assign(SERVER_LIMITS, { max_snapshots_per_address_count: 1 });
    const holder = await ask();
    expect(await status()).toBe(503);
    serverClock.advance(SERVER_LIMITS.snapshot_deadline_ms);
    expect(await status()).toBe(200);
    const closed = once(holder, "close");
    let received = "";
    holder.on("data", (data: Buffer) => {
      received += data.toString("latin1");
    });
    await closed;
    const announced = Number(/content-length: (\d+)/.exec(received)?.[1]);
    expect(received.length).toBeLessThan(announced);
  });
});
