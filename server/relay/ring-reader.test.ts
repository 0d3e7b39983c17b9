/** A reader of a ring, over a socket that takes what it is given when the test says so. */
import { Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../testing/clock.ts";
import { ReplayRing } from "./ring.ts";
import { RingReader } from "./ring-reader.ts";
import { numbered, numberOf } from "./testing/messages.ts";

const BYTES = 500;
const SIZE = numbered(1, { bytes: BYTES }).length;

class SlowSocket extends Writable {
  readonly numbers: number[] = [];
  #take: (() => void) | null = null;

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    for (let at = 0; at < chunk.length; at += SIZE)
      this.numbers.push(numberOf(chunk.subarray(at, at + SIZE)));
    this.#take = done;
  }

  get isBusy(): boolean {
    return this.#take !== null;
  }

  /** Takes the write that is outstanding. */
  async take(): Promise<void> {
    const take = this.#take;
    this.#take = null;
    take?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function setUp(skips: boolean) {
  const ring = new ReplayRing({ bytes: 1, messages: 1 });
  const socket = new SlowSocket();
  const clock = new VirtualClock();
  const reader = new RingReader(ring, 0, socket, clock, skips ? () => {} : null);
  const append = (count: number): void => {
    for (let n = 0; n < count; n++) ring.append(numbered(ring.newest + 1, { bytes: BYTES }));
  };
  return { ring, socket, clock, reader, append };
}

const operation = fc.oneof(
  fc.record({ do: fc.constant("append" as const), count: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ do: fc.constantFrom("pump" as const, "take" as const) }),
);

describe.each([true, false])("skips: %s", (skips) => {
  it("received = forwarded + held + dropped, whatever happens, and what is written is in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
        const { ring, socket, reader, append } = setUp(skips);
        const check = (): void => {
          expect(reader.received).toBe(reader.forwarded + reader.held + reader.dropped);
          expect(Math.min(reader.forwarded, reader.held, reader.dropped)).toBeGreaterThanOrEqual(0);
        };
        for (const step of operations) {
          if (step.do === "append") append(step.count);
          else if (step.do === "pump") reader.pump();
          else await socket.take();
          check();
        }
        for (let round = 0; socket.isBusy && round < 1_000; round++) await socket.take();
        expect(reader.forwarded).toBe(socket.numbers.length);
        expect(socket.numbers).toEqual(socket.numbers.toSorted((a, b) => a - b));
        expect(new Set(socket.numbers).size).toBe(socket.numbers.length);
        reader.stop();
        check();
        expect(reader.held).toBe(0);
        expect(reader.received).toBe(ring.newest);
      }),
      { numRuns: 100 },
    );
  });
});

it("has one write outstanding, however much there is", () => {
  const { socket, reader, append } = setUp(false);
  append(1);
  reader.pump();
  append(50);
  for (let n = 0; n < 10; n++) reader.pump();
  expect(socket.numbers).toEqual([1]);
  expect(socket.writableLength).toBe(SIZE);
});

it("tells for how long the socket has not taken what it was given, and for how long it was quiet", async () => {
  const { socket, clock, reader, append } = setUp(false);
  append(1);
  clock.advance(70);
  expect([reader.stalledMs, reader.quietMs]).toEqual([0, 70]);
  reader.pump();
  clock.advance(30);
  expect([reader.stalledMs, reader.quietMs]).toEqual([30, 0]);
  await socket.take();
  clock.advance(5);
  expect([reader.stalledMs, reader.quietMs]).toEqual([0, 5]);
});
