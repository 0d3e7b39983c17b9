import { once } from "node:events";
import { existsSync, renameSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { formatAddress, parseAddress, parseRelayAddress } from "./address.ts";
import { listen } from "./listen.ts";
import { Relay } from "./relay.ts";
import { cleanUp, startRelay, TestPeer, temporaryPath, until } from "./testing/rig.ts";

afterEach(cleanUp);

const relayOf = (): Relay => new Relay({ domain: "market_data", log: () => {} });

describe("addresses", () => {
  it.each([
    "unix:/run/mempulse.sock",
    "unix:relative.sock",
    "tcp:127.0.0.1:9000",
    "tcp:[::1]:9000",
    "tcp:host:0",
  ])("%s is read, and written the same", (text) => {
    expect(formatAddress(parseAddress(text, "--to"))).toBe(text);
  });

  it.each([
    ["unix:", /^--to: "unix:" names no path$/],
    [`unix:/${"x".repeat(107)}`, /a socket's path has 107 bytes at the most$/],
    ["tcp:host", /^--to: "tcp:host" is not unix:PATH or tcp:HOST:PORT$/],
    ["tcp:host:70000", /is not unix:PATH/],
    ["tcp:::1:9000", /is not unix:PATH/],
    ["/run/x.sock", /is not unix:PATH/],
    ["", /is not unix:PATH/],
  ])("%j is refused in one line", (text, line) => {
    expect(() => parseAddress(text, "--to")).toThrow(line);
  });

  it("a domain stands before it, market_data else", () => {
    expect(parseRelayAddress("unix:/a=b.sock", "--listen")).toEqual({
      domain: "market_data",
      address: { kind: "unix", path: "/a=b.sock" },
    });
    expect(parseRelayAddress("signal=tcp:host:1", "--listen").domain).toBe("signal");
    expect(() => parseRelayAddress("system=unix:/a", "--listen")).toThrow(
      '--listen: "system" is not one of market_data, signal, execution',
    );
  });
});

describe("a unix socket", () => {
  it("is its user's alone, and its file goes with it", async () => {
    const path = temporaryPath("relay.sock");
    const listener = await listen(relayOf(), { kind: "unix", path });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    listener.close();
    expect(existsSync(path)).toBe(false);
  });

  it("replaces a file that nobody listens at any more", async () => {
    const path = temporaryPath("relay.sock");
    const dead = createServer().listen({ path });
    await once(dead, "listening");
    // A socket's file outlives the process that is killed: it is moved away and back over the removal.
    renameSync(path, `${path}.kept`);
    dead.close();
    await once(dead, "close");
    renameSync(`${path}.kept`, path);
    const { relay } = await startRelay({ path });
    const peer = new TestPeer(path);
    await until(() => relay.peers.size === 1);
    expect(peer.isClosed).toBe(false);
  });

  it("is not taken from a relay that lives, and no other file is touched", async () => {
    const { path } = await startRelay();
    await expect(listen(relayOf(), { kind: "unix", path })).rejects.toThrow(
      `${path}: somebody listens there already`,
    );
    const file = temporaryPath("notes.txt");
    writeFileSync(file, "mine");
    await expect(listen(relayOf(), { kind: "unix", path: file })).rejects.toThrow(
      `${file}: exists, and is no socket`,
    );
    expect(statSync(file).size).toBe(4);
  });

  it("says in one line why there can be none", async () => {
    await expect(listen(relayOf(), { kind: "unix", path: "/nowhere/at/all.sock" })).rejects.toThrow(
      "cannot listen on unix:/nowhere/at/all.sock: no such folder",
    );
  });
});

describe("TCP", () => {
  it("tells the port that it was given, and that one is in use", async () => {
    const relay = relayOf();
    const listener = await listen(relay, { kind: "tcp", host: "127.0.0.1", port: 0 });
    const { address } = listener;
    if (address.kind !== "tcp") throw new Error("not tcp");
    const socket = connect({ host: "127.0.0.1", port: address.port });
    await until(() => relay.peers.size === 1);
    await expect(listen(relayOf(), address)).rejects.toThrow(`${formatAddress(address)}: it is in use`);
    socket.destroy();
    listener.close();
    await relay.close();
  });
});
