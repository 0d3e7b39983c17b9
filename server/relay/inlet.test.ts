/** What a connection writes, cut and damaged in any way: each message is counted once, and no good one is lost. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../testing/clock.ts";
import { keepAlive, positionMessage } from "./control.ts";
import { CHECKSUM_POLICY, RELAY_DOMAINS } from "./domain.ts";
import { Inlet } from "./inlet.ts";
import { bytesOf, flipped, numbered, numberOf } from "./testing/messages.ts";

const part = fc.oneof(
  fc.record({
    is: fc.constantFrom("good" as const, "foreign" as const, "flipped" as const, "half" as const),
  }),
  fc.record({ is: fc.constantFrom("keep_alive" as const, "position" as const, "garbage" as const) }),
);

describe.each(RELAY_DOMAINS)("%s", (domain) => {
  const checksums = CHECKSUM_POLICY[domain];
  const other = domain === "signal" ? "execution" : "signal";

  function build(is: string, n: number): Uint8Array {
    const message = numbered(n, { domain, bytes: 40 });
    switch (is) {
      case "good":
        return message;
      case "foreign":
        return numbered(n, { domain: other });
      case "flipped":
        return flipped(message);
      case "half":
        return message.subarray(0, 50);
      case "keep_alive":
        return keepAlive(domain, 4, n, 0);
      case "position":
        return positionMessage({ epoch: "e", seq: n }, 0, 60, 0);
      default:
        return new Uint8Array(20).fill(7);
    }
  }

  it("received = accepted + dropped, every good message is accepted, in order, and nothing that is damaged", () => {
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 10 }),
        (parts, cuts) => {
          const accepted: number[] = [];
          const asked: number[] = [];
          const inlet = new Inlet(
            domain,
            checksums,
            {
              asked: ({ seq }) => asked.push(seq),
              produced: () => {},
              accepted: (view) => accepted.push(numberOf(bytesOf(view))),
            },
            new VirtualClock(),
          );
          const bytes = Buffer.concat(parts.map(({ is }, n) => build(is, n)));
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const length = cuts[turn % cuts.length] as number;
            inlet.push(bytes.subarray(at, at + length));
            at += length;
          }
          inlet.end();
          const numbersOf = (kind: string): number[] =>
            parts.flatMap(({ is }, n) => (is === kind ? [n] : []));
          // Where checksums are not read, what is damaged within its value passes.
          const passing =
            checksums === "trust" ? accepted.filter((n) => parts[n]?.is !== "flipped") : accepted;
          expect(passing).toEqual(numbersOf("good"));
          expect(asked).toEqual(numbersOf("position"));
          expect(inlet.dropped.keep_alive ?? 0).toBe(numbersOf("keep_alive").length);
          expect(inlet.dropped.domain_violation ?? 0).toBe(numbersOf("foreign").length);
          expect(inlet.received).toBe(
            inlet.accepted + Object.values(inlet.dropped).reduce((sum, count) => sum + count, 0),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});
