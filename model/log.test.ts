import fc from "fast-check";
import { expect, test } from "vitest";
import { MessageView } from "../protocol/tlv/view.ts";
import { Log } from "./log.ts";

/** A view on `length` bytes, all of them `fill`, at an odd position of a buffer. */
function bytes(length: number, fill: number): MessageView {
  return new MessageView().attach(new Uint8Array(length + 4).fill(fill)).seek(3, 3 + length);
}

test("holds the newest messages whole, whatever their sizes", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(256, 1_024),
      fc.array(fc.integer({ min: 32, max: 300 }), { maxLength: 50, size: "max" }),
      (capacity, lengths) => {
        const log = new Log(capacity);
        lengths.forEach((length, i) => {
          expect(log.append(bytes(length, (i + 1) % 251))).toBe(i + 1);
          let held = 0;
          for (let n = log.oldest; n <= log.latest; n++) {
            const read = log.read(n);
            expect(read?.length).toBe(lengths[n - 1]);
            expect(read?.every((byte) => byte === n % 251)).toBe(true);
            held += read?.length ?? 0;
          }
          expect(held).toBeLessThanOrEqual(capacity);
          if (length <= capacity) expect(log.oldest).toBeLessThanOrEqual(log.latest);
          expect(log.read(log.oldest - 1)).toBeNull();
          expect(log.read(log.latest + 1)).toBeNull();
        });
      },
    ),
  );
});

test("fills the ring before it forgets", () => {
  const log = new Log(1_024);
  for (let n = 1; n <= 8; n++) log.append(bytes(128, n));
  expect(log.oldest).toBe(1);
  log.append(bytes(128, 9));
  expect([log.oldest, log.latest]).toEqual([2, 9]);
  // Small messages run out of index entries first: one for each 128 bytes.
  for (let n = 10; n <= 30; n++) log.append(bytes(32, n));
  expect(log.latest - log.oldest + 1).toBe(8);
});

test("numbers a message that is larger than itself, and holds none then", () => {
  const log = new Log(256);
  log.append(bytes(100, 1));
  expect(log.append(bytes(300, 2))).toBe(2);
  expect([log.read(1), log.read(2)]).toEqual([null, null]);
  log.append(bytes(256, 3));
  expect(log.read(3)).toEqual(new Uint8Array(256).fill(3));
});
