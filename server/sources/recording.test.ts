/** Replay in virtual time. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { Model } from "../../model/model.ts";
import { feed, START_MS, tick, transaction } from "../../model/testing/messages.ts";
import { Recording } from "../../protocol/recording/reader.ts";
import { TYPE } from "../../protocol/tlv/layout.ts";
import { MessageView } from "../../protocol/tlv/view.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { VirtualClock } from "../testing/clock.ts";
import { syntheticMessages, syntheticRecording } from "../testing/recording.ts";
import { ownRhythm } from "./pace.ts";
import { RecordingSource, type ReplayOptions } from "./recording.ts";
import { readRecordingFile } from "./recording-file.ts";

const BYTES = syntheticRecording({ seconds: 10, txPerSecond: 5 });

interface Taken {
  ms: number;
  bytes: Uint8Array;
  type: number;
}

function replay(options: Partial<ReplayOptions> = {}, bytes = BYTES) {
  const clock = new VirtualClock();
  const source = new RecordingSource(new Recording(bytes), {
    name: "test.tlv",
    pace: { kind: "speed", factor: 1 },
    loop: false,
    clock,
    ...options,
  });
  const taken: Taken[] = [];
  const view = new MessageView();
  let hasEnded = false;
  const ended = source
    .start((message) => {
      view.attach(message).seek(0, message.length).firstTlv();
      taken.push({ ms: clock.now().ms, bytes: message.slice(), type: view.type });
    })
    .then(() => {
      hasEnded = true;
    });
  return { clock, source, taken, ended, hasEnded: () => hasEnded };
}

const transactionsIn = (taken: readonly Taken[]) => taken.filter(({ type }) => type === TYPE.Transaction);

describe("its own rhythm", () => {
  it("hands over every message, in order and unchanged, at the time its clock says", async () => {
    const { clock, taken, ended } = replay();
    clock.advance(20_000);
    await ended;
    expect(Buffer.concat(taken.map(({ bytes }) => bytes))).toEqual(Buffer.from(BYTES));
    const ticks = taken.filter(({ type }) => type === TYPE.Tick).map(({ ms }) => ms);
    expect(ticks).toEqual(Array.from({ length: 11 }, (_, second) => second * 1000));
  });

  it("goes X times as fast with speed X", async () => {
    const { clock, taken, ended } = replay({ pace: { kind: "speed", factor: 4 } });
    clock.advance(2_500);
    await ended;
    expect(taken.at(-1)?.ms).toBe(2_500);
  });

  it("is not held up by a forged date", () => {
    const forged = transaction(7, {}, null, { ms: START_MS + 1e9 });
    const bytes = new Uint8Array(Buffer.concat([tick(START_MS), forged, tick(START_MS + 1000)]));
    expect(ownRhythm(new Recording(bytes), 1, 1).dueMs.at(-1)).toBeLessThanOrEqual(5000);
  });
});

describe("a loop", () => {
  it("makes new events of each lap, in the same epoch: the windows fill and nothing is a duplicate", () => {
    const { clock, taken } = replay({ loop: true });
    clock.advance(35_000);
    const model = new Model({ log_id: "t" });
    feed(model, ...taken.map(({ bytes }) => bytes));
    expect(transactionsIn(taken).length).toBeGreaterThan(150);
    expect(model.channels.get("tx.main")?.count).toBe(transactionsIn(taken).length);
    expect(model.counters.duplicates).toMatchObject({ transaction: 0, pool_event: 0 });
    expect(model.counters.faults.clock_outlier).toBe(0);
  });

  it("ends when it is stopped, and only then", async () => {
    const { clock, source, taken, ended, hasEnded } = replay({ loop: true });
    clock.advance(60_000);
    await Promise.resolve();
    expect(hasEnded()).toBe(false);
    await source.stop();
    await ended;
    const count = taken.length;
    clock.advance(60_000);
    expect(taken).toHaveLength(count);
    expect(clock.pending).toBe(0);
  });
});

describe("a rate", () => {
  it("paces first-seen transactions, N a second, over laps", () => {
    const { clock, taken } = replay({ loop: true, pace: { kind: "rate", tx_per_s: 200 } });
    clock.advance(1_000);
    const count = transactionsIn(taken).length;
    clock.advance(10_000);
    expect(transactionsIn(taken).length - count).toBe(2_000);
  });

  it("counts a transaction once, whatever is told of it later", () => {
    const messages = [1, 2, 3].flatMap((n) => [
      transaction(n),
      transaction(n, { status: "included", block_number: 5n }),
    ]);
    const { clock, taken } = replay(
      { pace: { kind: "rate", tx_per_s: 10 } },
      new Uint8Array(Buffer.concat(messages)),
    );
    clock.advance(1_000);
    expect(taken.map(({ ms }) => ms)).toEqual([0, 0, 100, 100, 200, 200]);
  });

  it("is refused where the recording has no transaction", () => {
    const bytes = new Uint8Array(tick(START_MS));
    expect(() => replay({ pace: { kind: "rate", tx_per_s: 1 } }, bytes)).toThrow(/--rate: .*no Transaction/);
  });

  it("drops its debt after a suspension instead of flooding", () => {
    const { clock, taken } = replay({ loop: true, pace: { kind: "rate", tx_per_s: 10 } });
    clock.advance(1_000);
    const before = transactionsIn(taken).length;
    clock.suspend(3_600_000);
    clock.advance(1_000);
    const added = transactionsIn(taken).length - before;
    expect(added).toBeLessThanOrEqual(10 + (10 * SERVER_LIMITS.replay_max_debt_ms) / 1000);
    expect(added).toBeGreaterThan(8);
  });
});

describe("a recording's file", () => {
  const folder = mkdtempSync(join(tmpdir(), "mempulse-recording-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function file(name: string, bytes: Uint8Array | string): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  async function read(path: string) {
    const lines: string[] = [];
    const { recording, chains } = await readRecordingFile(path, (line) => lines.push(line));
    return { count: recording.count, lines, chains };
  }

  const whole = syntheticMessages({ seconds: 10, txPerSecond: 5 }).length;

  it("is read plain and packed", async () => {
    expect(await read(file("a.tlv", BYTES))).toEqual({ count: whole, lines: [], chains: [] });
    expect(await read(file("b.tlv.gz", gzipSync(BYTES)))).toEqual({ count: whole, lines: [], chains: [] });
  });

  it("loses only what is damaged, and one line says how much", async () => {
    const damaged = BYTES.slice();
    damaged[200] = (damaged[200] as number) ^ 0xff;
    const { count, lines } = await read(file("c.tlv", damaged));
    expect(count).toBe(whole - 1);
    expect(lines).toEqual([expect.stringMatching(/c\.tlv: 1 damaged .* checksum_mismatch at offset \d+/)]);
  });

  it("is refused in one line where it is missing, not gzip, or holds no message", async () => {
    await expect(read(join(folder, "none.tlv"))).rejects.toThrow(/none\.tlv: no such file/);
    await expect(read(folder)).rejects.toThrow(/EISDIR|directory/);
    await expect(read(file("d.tlv.gz", gzipSync(BYTES).subarray(0, 500)))).rejects.toThrow(/d\.tlv\.gz: /);
    await expect(read(file("e.tlv", "no message at all"))).rejects.toThrow(
      /e\.tlv: holds no message; first damage: invalid_magic at offset 0/,
    );
    await expect(read(file("f.tlv", ""))).rejects.toThrow(/f\.tlv: holds no message$/);
  });

  it("is compared with its manifest; a difference is said and played all the same", async () => {
    const path = file("g.tlv", BYTES);
    const manifest = { title: "t", shows: "", chain_id: 1, from_unix_ms: 0, to_unix_ms: 1, messages: {} };
    file("g.json", JSON.stringify({ ...manifest, sha256: "0".repeat(64) }));
    const { count, lines } = await read(path);
    expect(count).toBe(whole);
    expect(lines).toEqual([expect.stringMatching(/g\.tlv: sha256 is [0-9a-f]{64}, its manifest says 0{64}/)]);
    file("g.json", "{");
    expect((await read(path)).lines).toEqual([expect.stringMatching(/g\.json: manifest: not JSON/)]);
  });
  it("brings the chains of its manifest, and none of one that is wrong", async () => {
    const path = file("h.tlv", BYTES);
    const manifest = { title: "t", shows: "", chain_id: 5, from_unix_ms: 0, to_unix_ms: 1, messages: {} };
    const sha256 = createHash("sha256").update(BYTES).digest("hex");
    const chain = {
      chain_id: 5,
      name: "Local",
      native_symbol: "ETH",
      block_ms: 2_000,
      wrapped_native: `0x${"11".repeat(20)}`,
      stables: [],
      tokens: {},
      protocols: {},
    };
    file("h.json", JSON.stringify({ ...manifest, sha256, chains: [chain] }));
    expect(await read(path)).toEqual({ count: whole, lines: [], chains: [chain] });
    file("h.json", JSON.stringify({ ...manifest, sha256, chains: [{ ...chain, block_ms: 0 }] }));
    expect(await read(path)).toEqual({
      count: whole,
      lines: [expect.stringMatching(/h\.json: manifest: chains\.0\.block_ms: /)],
      chains: [],
    });
  });
});
