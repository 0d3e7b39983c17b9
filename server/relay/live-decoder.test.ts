import { expect, it } from "vitest";
import { VirtualClock } from "../testing/clock.ts";
import { RELAY_LIMITS } from "./limits.ts";
import { LiveDecoder } from "./live-decoder.ts";
import { bytesOf, numbered, numberOf } from "./testing/messages.ts";

const { half_message_ms } = RELAY_LIMITS;

function setUp() {
  const clock = new VirtualClock();
  const numbers: number[] = [];
  const faults: string[] = [];
  const decoder = new LiveDecoder(
    {
      onMessage: (view) => numbers.push(numberOf(bytesOf(view))),
      onFault: ({ error, offset }) => faults.push(`${error}@${offset}`),
    },
    clock,
  );
  return { clock, decoder, numbers, faults };
}

const whole = numbered(1);
const size = whole.length;

it("a half message is damage after half_message_ms and not before, and what follows goes on", () => {
  const { clock, decoder, numbers, faults } = setUp();
  decoder.push(whole);
  decoder.push(numbered(2).subarray(0, 20));
  clock.advance(half_message_ms - 1);
  expect(faults).toEqual([]);
  clock.advance(1);
  expect(faults).toEqual([`truncated_message@${size}`]);
  decoder.push(numbered(3));
  expect(numbers).toEqual([1, 3]);
  expect(clock.pending).toBe(0);
});

it("a message that comes in pieces in time is none", () => {
  const { clock, decoder, numbers, faults } = setUp();
  for (let n = 1; n <= 20; n++) {
    decoder.push(numbered(n).subarray(0, 20));
    clock.advance(half_message_ms - 1);
    decoder.push(numbered(n).subarray(20));
  }
  clock.advance(10 * half_message_ms);
  expect(numbers).toHaveLength(20);
  expect(faults).toEqual([]);
  expect(clock.pending).toBe(0);
});

it("one that trickles in, a byte at a time, is", () => {
  const { clock, decoder, faults } = setUp();
  for (const byte of whole) {
    decoder.push(Uint8Array.of(byte));
    clock.advance(half_message_ms / 10);
  }
  expect(faults[0]).toBe("truncated_message@0");
});

it("a header that claims a megabyte holds back nothing for longer than that", () => {
  const { clock, decoder, numbers, faults } = setUp();
  const liar = whole.slice();
  new DataView(liar.buffer).setUint32(24, 1_000_000, true);
  decoder.push(liar);
  for (let n = 2; n <= 6; n++) decoder.push(numbered(n));
  expect(numbers).toEqual([]);
  clock.advance(half_message_ms);
  expect(numbers).toEqual([2, 3, 4, 5, 6]);
  expect(faults).toHaveLength(1);
});

it("a process that was busy reads what has come before it judges", () => {
  const { clock, decoder, numbers, faults } = setUp();
  decoder.push(whole.subarray(0, 20));
  clock.suspend(10 * half_message_ms);
  clock.after(0, () => decoder.push(whole.subarray(20)));
  clock.advance(0);
  expect(numbers).toEqual([1]);
  expect(faults).toEqual([]);
});

it("at the stream's end what is incomplete is damage, and no timer is left", () => {
  const { clock, decoder, faults } = setUp();
  decoder.push(whole.subarray(0, 20));
  decoder.end();
  expect(faults).toEqual(["truncated_message@0"]);
  expect(clock.pending).toBe(0);
});
