import { EventEmitter } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../testing/harness.ts";
import { RawSocket } from "../testing/raw-socket.ts";
import { capConnections } from "./connections.ts";

describe("connections of one address", () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ maxConnectionsPerAddress: 3 });
  });

  afterAll(() => server.close());

  const ask = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

  async function answered(socket: RawSocket): Promise<boolean> {
    socket.write(ask);
    while (socket.received.length === 0 && !socket.socket.destroyed) await new Promise(setImmediate);
    return socket.received.length > 0;
  }

  it("E8 the newest over the share is dropped, those before it go on, and room comes as they end", async () => {
    const held = Array.from({ length: 3 }, () => new RawSocket(server));
    for (const socket of held) expect(await answered(socket)).toBe(true);
    expect(await answered(new RawSocket(server))).toBe(false);
    for (const socket of held) expect(socket.socket.destroyed).toBe(false);
    await held[0]?.close();
    await expect
      .poll(async () => {
        const socket = new RawSocket(server);
        const isTaken = await answered(socket);
        await socket.close();
        return isTaken;
      })
      .toBe(true);
    await Promise.all(held.map((socket) => socket.close()));
  });
});

it("E8 the share of one address takes nothing from another's", () => {
  class FakeSocket extends EventEmitter {
    destroyed = false;
    readonly remoteAddress: string;

    constructor(remoteAddress: string) {
      super();
      this.remoteAddress = remoteAddress;
      server.emit("connection", this);
    }

    destroy(): void {
      this.destroyed = true;
      this.emit("close");
    }
  }
  const server = createServer();
  capConnections(server, 2);
  const first = new FakeSocket("10.0.0.1");
  const others = ["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"].map((address) => new FakeSocket(address));
  expect([first, ...others].map(({ destroyed }) => destroyed)).toEqual([false, false, true, true, false]);
  first.destroy();
  expect(new FakeSocket("10.0.0.1").destroyed).toBe(false);
});
