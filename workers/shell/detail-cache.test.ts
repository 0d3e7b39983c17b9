import { beforeEach, describe, expect, it } from "vitest";
import { DETAIL_LIMITS, MEMORY_LIMITS } from "../limits.ts";
import { DetailCache } from "./detail-cache.ts";
import type { Answer } from "./environment.ts";

const found = (hash: string, padding = 0): Answer => ({
  status: 200,
  retry_after: null,
  text: JSON.stringify({ hash, padding: "x".repeat(padding) }),
});
const refused = (status: number): Answer => ({ status, retry_after: null, text: "" });

/** A cache whose server answers when it is told to, and the hashes that were asked for. */
class Bench {
  now = 1000;
  seqs = new Map<string, number>();
  asked: string[] = [];
  #answers: ((answer: Answer | Error) => void)[] = [];
  readonly cache = new DetailCache({
    now: () => this.now,
    seqOf: (hash) => this.seqs.get(hash) ?? null,
    load: (hash) => {
      this.asked.push(hash);
      return new Promise((resolve) => this.#answers.push(resolve));
    },
  });

  /** Answers the oldest GET. */
  answer(answer: Answer | Error): void {
    this.#answers.shift()!(answer);
  }

  async open(hash: string, answer: Answer | Error = found(hash)) {
    const result = this.cache.get(hash);
    if (this.#answers.length > 0) this.answer(answer);
    return result;
  }
}

describe("kept details", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it("answer at once while they are fresh, and not a moment longer", async () => {
    const first = await bench.open("0xa");
    expect(first).toMatchObject({ kind: "found", detail: { hash: "0xa" } });
    bench.now += DETAIL_LIMITS.ttl_ms - 1;
    expect(await bench.open("0xa")).toBe(first);
    expect(bench.asked).toEqual(["0xa"]);
    // Being used makes it no younger.
    bench.now += 1;
    await bench.open("0xa");
    expect(bench.asked).toEqual(["0xa", "0xa"]);
    expect([bench.cache.size, bench.cache.dropped]).toEqual([1, 0]);
  });

  it("are asked for anew when the transaction's row has changed, also while the answer was on its way", async () => {
    bench.seqs.set("0xa", 1);
    await bench.open("0xa");
    bench.seqs.set("0xa", 2);
    const late = bench.cache.get("0xa");
    bench.seqs.set("0xa", 3);
    bench.answer(found("0xa"));
    await late;
    await bench.open("0xa");
    expect(bench.asked).toHaveLength(3);
    await bench.open("0xa");
    expect(bench.asked).toHaveLength(3);
  });

  it("share one GET among those who ask for one hash at once", async () => {
    const asked = [bench.cache.get("0xa"), bench.cache.get("0xa"), bench.cache.get("0xb")];
    bench.answer(found("0xa"));
    bench.answer(found("0xb"));
    const [first, second, other] = await Promise.all(asked);
    expect(second).toBe(first);
    expect(other).toMatchObject({ detail: { hash: "0xb" } });
    expect(bench.asked).toEqual(["0xa", "0xb"]);
  });

  it.each([
    ["gone", refused(404)],
    ["error", refused(500)],
    ["error", new Error("connection refused")],
  ])("are only what was found: %s is asked for again", async (kind, answer) => {
    expect(await bench.open("0xa", answer)).toMatchObject({ kind });
    expect(bench.cache.size).toBe(0);
    expect(await bench.open("0xa")).toMatchObject({ kind: "found" });
  });

  it("B8 are so many at most: the one used longest ago goes", async () => {
    for (let n = 0; n < DETAIL_LIMITS.held_count; n++) await bench.open(`0x${n}`);
    await bench.open("0x0");
    await bench.open("0xnew");
    expect([bench.cache.size, bench.cache.dropped]).toEqual([DETAIL_LIMITS.held_count, 1]);
    const asked = bench.asked.length;
    await bench.open("0x0");
    expect(bench.asked).toHaveLength(asked);
    await bench.open("0x1");
    expect(bench.asked).toHaveLength(asked + 1);
  });

  it("B8 are so many bytes at most, counted by their text", async () => {
    const third = Math.floor(DETAIL_LIMITS.held_bytes / 3);
    for (const hash of ["0xa", "0xb", "0xc", "0xd"]) await bench.open(hash, found(hash, third));
    const each = found("0xa", third).text.length + MEMORY_LIMITS.row_overhead_bytes;
    expect([bench.cache.size, bench.cache.bytes, bench.cache.dropped]).toEqual([2, 2 * each, 2]);
    // One larger than all that may be kept is answered, and pushes nothing out.
    const huge = found("0xe", DETAIL_LIMITS.held_bytes);
    expect(await bench.open("0xe", huge)).toMatchObject({ kind: "found" });
    expect(bench.cache.size).toBe(2);
  });

  it("go one by one, the oldest first, when they are told to", async () => {
    await bench.open("0xa");
    await bench.open("0xb");
    expect(bench.cache.dropOldest()).toBe(true);
    await bench.open("0xb");
    expect(bench.asked).toEqual(["0xa", "0xb"]);
    expect([bench.cache.dropOldest(), bench.cache.dropOldest()]).toEqual([true, false]);
    expect([bench.cache.bytes, bench.cache.dropped]).toEqual([0, 2]);
  });

  it("are all forgotten, and what was on its way is not kept", async () => {
    await bench.open("0xa");
    const flying = bench.cache.get("0xb");
    bench.cache.clear();
    bench.answer(found("0xb"));
    expect(await flying).toMatchObject({ kind: "found" });
    expect([bench.cache.size, bench.cache.bytes]).toEqual([0, 0]);
  });
});
