/** `mempulse relay` as the process that an operator starts, with producers that are processes too. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { keepAlive } from "../relay/control.ts";
import { RELAY_DOMAINS, type RelayDomain } from "../relay/domain.ts";
import { numbered, numberedRun, numberOf } from "../relay/testing/messages.ts";
import {
  atEnd,
  cleanUp,
  startRelay,
  TestPeer,
  temporaryPath,
  until,
  untilAsked,
} from "../relay/testing/rig.ts";
import { RelaySource } from "../sources/relay/source.ts";
import { run as runCollect } from "./collect.ts";
import { run } from "./relay.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PRODUCER = fileURLToPath(new URL("../relay/testing/producer.ts", import.meta.url));

afterEach(cleanUp);

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  atEnd(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return child;
}

async function line(child: ChildProcess): Promise<string> {
  const lines = createInterface(child.stdout as NodeJS.ReadableStream);
  const ended = once(child, "exit").then(async () => {
    throw new Error(`ended: ${await text(child.stderr as NodeJS.ReadableStream)}`);
  });
  const [first] = (await Promise.race([once(lines, "line"), ended])) as [string];
  ended.catch(() => {});
  return first;
}

/** A relay that listens. */
async function startProcess(...args: string[]): Promise<ChildProcess> {
  const child = start(resolve(ROOT, "bin/mempulse.mjs"), "relay", "--json", ...args);
  await line(child);
  return child;
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const exited = once(child, "exit");
  child.kill(signal);
  const [code] = (await exited) as [number | null];
  return code;
}

const pathOf = (address: string): string => address.slice("unix:".length);

describe("what it is told", () => {
  it.each([
    ["", /^--listen: is needed/],
    ["--listen system=unix:/a", /^--listen: "system" is not one of market_data, signal, execution$/],
    ["--listen /a", /^--listen: "\/a" is not unix:PATH or tcp:HOST:PORT$/],
    ["--listen unix:/a --flush 21", /^--flush: "21" is not a number from 0 to 20$/],
    ["--listen unix:/a --ring x", /^--ring: "x" is not a number from 1 to 4096$/],
    ["--listen unix:/a --silence 1", /^--silence: "1" is not a number from 2 to 86400$/],
    ["--lisen unix:/a", /'--lisen'/],
  ])("`relay %s` is wrong usage, in one line", async (args, message) => {
    const error = await run(args.split(" ").filter(Boolean)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "CliError",
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ["", /^--source: is needed/],
    ["--source unix:/a", /^--to: is needed/],
    ["--source file.tlv --to unix:/b", /^--source: "file.tlv" is not live; it begins with none of .*unix:/],
    ["--source unix:/a --to /b", /^--to: "\/b" is not unix:PATH/],
  ])("`collect %s` is wrong usage, in one line", async (args, message) => {
    const error = await runCollect(args.split(" ").filter(Boolean)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) as string });
  });
});

describe("as a process", () => {
  it("prints its addresses, tells its peers at SIGUSR1, and on SIGTERM says why it goes and exits 0", async () => {
    const path = temporaryPath("relay.sock");
    const child = start(
      resolve(ROOT, "bin/mempulse.mjs"),
      "relay",
      "--json",
      "--listen",
      `signal=unix:${path}`,
      "--listen",
      "signal=tcp:127.0.0.1:0",
    );
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const { listen } = JSON.parse(await line(child)) as { listen: { domain: string; address: string }[] };
    expect(listen).toEqual([
      { domain: "signal", address: `unix:${path}` },
      { domain: "signal", address: expect.stringMatching(/^tcp:127\.0\.0\.1:[1-9]\d*$/) as string },
    ]);
    const reader = new TestPeer(path);
    const writer = new TestPeer(path);
    writer.write(...numberedRun(1, 10, { domain: "signal" }), numbered(11));
    await until(() => reader.numbers.length === 10);
    child.kill("SIGUSR1");
    await until(() => /relay signal: #\d, consumer: due 10, forwarded 10, held 0\n/.test(said));
    writer.write(numbered(12, { domain: "signal" }));
    await until(() => reader.numbers.length === 11);
    expect(await kill(child, "SIGTERM")).toBe(0);
    await until(() => reader.isClosed);
    expect(reader.notices).toEqual(["relay_stops: come again"]);
    expect(existsSync(path)).toBe(false);
    expect(said).toMatch(
      /relay signal: .*in 12, accepted 11 \(dropped 1 domain_violation\); out 11, forwarded 11, held 0, dropped 0;/,
    );
    expect(said).not.toContain("Debugger");
  });

  it("collect passes a relay's stream on to another relay, and both may be late", async () => {
    const from = temporaryPath("from.sock");
    const to = temporaryPath("to.sock");
    const child = start(
      resolve(ROOT, "bin/mempulse.mjs"),
      "collect",
      "--source",
      `unix:${from}`,
      "--to",
      `unix:${to}`,
    );
    const stderr = text(child.stderr as NodeJS.ReadableStream);
    await untilAsked(await startRelay({ path: from }));
    const { relay } = await startRelay({ path: to });
    new TestPeer(from).write(...numberedRun(1, 500));
    await until(() => relay.ring.newest === 500);
    expect(await kill(child, "SIGTERM")).toBe(0);
    expect(await stderr).toMatch(/in 500, forwarded 500, held 0, dropped 0\n$/);
  });
});

/** Bursts, half messages, garbage, silence: none of it may cost another producer's messages. */
async function misbehave(path: string, domain: RelayDomain, isOver: () => boolean): Promise<void> {
  for (let round = 0; !isOver(); round++) {
    const peer = new TestPeer(path);
    peer.write(keepAlive(domain, 4, 0, 0));
    const message = numbered(1_000_000 + round, { domain, bytes: 200 });
    peer.write(message.subarray(0, 100), new Uint8Array(64).fill(round), message);
    if (round % 3 === 0) peer.write(message.subarray(0, 50));
    await new Promise((done) => setTimeout(done, 20));
    // Some end, some are torn off, some just stay silent.
    if (round % 3 === 1) peer.socket.end();
    if (round % 3 === 2) peer.socket.destroy();
  }
}

it("blocked-relay: whatever relays and other producers suffer, all that a producer wrote arrives, over three domains at once", async () => {
  const COUNT = 1_500;
  const addresses = RELAY_DOMAINS.map((domain) => `unix:${temporaryPath(`${domain}.sock`)}`);
  const listen = RELAY_DOMAINS.flatMap((domain, index) => ["--listen", `${domain}=${addresses[index]}`]);
  const arrived = RELAY_DOMAINS.map(() => new Set<number>());
  const count = (): number => arrived.reduce((sum, numbers) => sum + numbers.size, 0);
  let relay = await startProcess("--silence", "2", ...listen);
  for (const [index, address] of addresses.entries()) {
    const source = new RelaySource({ address: { kind: "unix", path: pathOf(address) }, log: () => {} });
    atEnd(() => source.stop());
    void source.start((message) => {
      const n = numberOf(message);
      if (n <= COUNT) arrived[index]?.add(n);
    });
    // One that never reads.
    new TestPeer(pathOf(address)).socket.pause();
  }
  let isOver = false;
  const noise = RELAY_DOMAINS.map((domain, index) =>
    misbehave(pathOf(addresses[index] as string), domain, () => isOver),
  );
  const producers = RELAY_DOMAINS.map((domain, index) =>
    start("--import", "tsx", PRODUCER, addresses[index] as string, domain, String(COUNT)),
  );
  const done = Promise.all(producers.map(line));
  // Killed in the middle of it, twice, and started anew at the files that it left.
  for (const share of [0.3, 0.6]) {
    await until(() => count() > share * RELAY_DOMAINS.length * COUNT);
    await kill(relay, "SIGKILL");
    relay = await startProcess("--silence", "2", ...listen);
  }
  expect(await done).toEqual(["done", "done", "done"]);
  await until(() => count() === RELAY_DOMAINS.length * COUNT);
  isOver = true;
  await Promise.all(noise);
  expect(await kill(relay, "SIGTERM")).toBe(0);
  expect(arrived.map((numbers) => numbers.size)).toEqual([COUNT, COUNT, COUNT]);
}, 60_000);
