/** Readers meet whatever a node or a file holds: they give what their types say, or a RowError. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  asRow,
  isWholeHeader,
  type Row,
  RowError,
  readBlockRef,
  readBlockTime,
  readHeader,
  readLog,
  readReceipt,
  readTransaction,
  rowKind,
} from "./rows.ts";
import { addressOf, hashOf } from "./testing/made-logs.ts";

const READERS = { readBlockRef, readBlockTime, readHeader, readLog, readReceipt, readTransaction };
type Reader = (row: Row) => unknown;

/** A value that some field may have, right or nearly. */
const value = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, "", "0x", "0x0", "0xzz", "latest", 0, -1, 1.5, 2 ** 60, true),
  fc.constantFrom<unknown>(addressOf(1), hashOf(1), [hashOf(1)], [], [[]], [null], {}, "9".repeat(90)),
  fc.constantFrom<unknown>("2024-01-05 01:50:11", "9999-99-99 99:99:99", "['0x12']"),
  fc.jsonValue(),
);
const NAMES = (
  "number block_number blockNumber hash blockHash parentHash timestamp block_timestamp gasUsed gasLimit transactions " +
  "address topics data transactionHash transactionIndex logIndex logs status from to nonce value gas gasPrice " +
  "maxFeePerGas type transaction_type input receipt_status removed"
).split(" ");
const row = fc
  .uniqueArray(fc.constantFrom(...NAMES), { maxLength: NAMES.length })
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, value]))));

test.each(Object.entries(READERS) as [string, Reader][])(
  "%s gives a value or a RowError on any row",
  (_name, read) => {
    fc.assert(
      fc.property(row, (any) => {
        rowKind(any);
        isWholeHeader(any);
        try {
          expect(read(any)).toBeTypeOf("object");
        } catch (error) {
          expect(error).toBeInstanceOf(RowError);
          expect((error as RowError).message.length).toBeLessThan(200);
          expect((error as RowError).message).not.toContain("\n");
        }
      }),
      { numRuns: 500 },
    );
  },
);

test("the fuzz is not vacuous: right values in those fields are read", () => {
  const right: Row = {
    number: "0x1",
    block_number: 1,
    hash: hashOf(1),
    blockHash: hashOf(1),
    parentHash: hashOf(2),
    timestamp: 3,
    gasUsed: "0x1",
    gasLimit: "0x2",
    transactions: [],
    address: addressOf(1),
    topics: [hashOf(1)],
    data: "0x",
    transactionHash: hashOf(1),
    transactionIndex: 0,
    logIndex: 0,
    logs: [],
    from: addressOf(1),
    nonce: 0,
    value: "5",
    gas: 1,
  };
  for (const read of Object.values(READERS) as Reader[]) expect(read(right)).toBeTypeOf("object");
});

test("a time whose nanoseconds no u64 holds is refused", () => {
  const time = (timestamp: unknown) => readBlockTime({ number: 1, timestamp }).unix_s;
  expect(time(18_446_744_073)).toBe(18_446_744_073);
  expect(() => time(18_446_744_074)).toThrow("timestamp: expected Unix seconds or a date, got 18446744074");
});

test("what is no object is no row", () => {
  for (const any of [null, undefined, 7, "x"]) expect(() => asRow(any)).toThrow(RowError);
});
