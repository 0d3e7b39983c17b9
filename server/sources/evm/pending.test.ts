import { expect, test } from "vitest";
import { EvmFaults } from "./faults.ts";
import { PENDING_LIMITS, PendingTransactions } from "./pending.ts";
import { RpcError } from "./rpc/rpc.ts";

const hashOf = (n: number) => `0x${n.toString(16).padStart(64, "0")}`;

/** A node that answers when told to. */
function setUp() {
  const asked: { readonly count: number; answer(): void; fail(): void }[] = [];
  const faults = new EvmFaults();
  const told: string[] = [];
  const address = `0x${"11".repeat(20)}`;
  const pending = new PendingTransactions({
    rpc: {
      requestMany: (_method, params) =>
        new Promise((resolve, reject) => {
          const transactions = params.map(([hash]) => ({
            hash,
            from: address,
            to: address,
            nonce: "0x1",
            value: "0x0",
            gas: "0x5208",
            gasPrice: "0x1",
          }));
          asked.push({
            count: params.length,
            answer: () => resolve(transactions),
            fail: () => reject(new RpcError("the connection closed")),
          });
        }),
    },
    faults,
    onTransaction: ({ hash }) => told.push(hash),
  });
  return { asked, faults, told, pending };
}
const settled = () => new Promise((resolve) => void setImmediate(resolve));

test("so many batches are asked at once, so many hashes wait, and more are counted", async () => {
  const { asked, faults, told, pending } = setUp();
  const { queue_count, batch_count, batches_in_flight_count } = PENDING_LIMITS;
  // The first ones find nobody asking, and go alone.
  const most = batches_in_flight_count + queue_count;
  for (let n = 0; n < most + 5; n++) pending.take(hashOf(n));
  expect(asked.map(({ count }) => count)).toEqual(Array.from({ length: batches_in_flight_count }, () => 1));
  expect(faults.count("missed_pending")).toBe(5);
  for (let at = 0; at < asked.length; at++) {
    asked[at]?.answer();
    await settled();
  }
  expect(told).toHaveLength(most);
  expect(Math.max(...asked.map(({ count }) => count))).toBe(batch_count);
});

test("what failed, or waited when the connection ended, is counted and may be named again", async () => {
  const { asked, faults, told, pending } = setUp();
  const { batches_in_flight_count } = PENDING_LIMITS;
  for (let n = 0; n < batches_in_flight_count + 3; n++) pending.take(hashOf(n));
  pending.clear();
  for (const request of asked) request.fail();
  await settled();
  expect(faults.count("missed_pending")).toBe(batches_in_flight_count + 3);
  const before = asked.length;
  pending.take(hashOf(0));
  asked[before]?.answer();
  await settled();
  pending.take(hashOf(0));
  expect(told).toEqual([hashOf(0)]);
  expect(asked).toHaveLength(before + 1);
});
