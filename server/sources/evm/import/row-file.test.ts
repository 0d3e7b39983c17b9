import { describe, expect, test } from "vitest";
import { readLog, rowKind } from "../rows.ts";
import { addressOf, hashOf } from "../testing/made-logs.ts";
import { readRow, rowsOf } from "./row-file.ts";

const log = {
  address: addressOf(1),
  topics: [hashOf(1)],
  data: "0x",
  blockNumber: "0x10",
  transactionHash: hashOf(2),
  transactionIndex: "0x0",
  logIndex: "0x1",
};
const places = (text: string) => [...rowsOf("f", text)].map(({ row, where }) => [rowKind(row), where]);

describe("the forms of a file", () => {
  test("a JSON-RPC answer, on one line or many; a bare array; a single receipt", () => {
    expect(places(JSON.stringify({ jsonrpc: "2.0", id: 1, result: [log] }))).toEqual([
      ["log", "f:1 result[0]"],
    ]);
    expect(places(JSON.stringify({ result: [log, log] }, null, 2))).toEqual([
      ["log", "f result[0]"],
      ["log", "f result[1]"],
    ]);
    expect(places(JSON.stringify([log]))).toEqual([["log", "f[0]"]]);
    const receipt = {
      transactionHash: hashOf(2),
      blockNumber: 1,
      blockTimestamp: 1,
      from: addressOf(1),
      logs: [log],
    };
    expect(places(JSON.stringify({ result: receipt }, null, 1))).toEqual([["receipt", "f result"]]);
  });

  test("a block, then its transactions; hashes in place of transactions are none", () => {
    const block = {
      number: "0x1",
      timestamp: "0x2",
      nonce: "0x0",
      transactions: [{ from: addressOf(1), nonce: "0x0" }],
    };
    expect(places(JSON.stringify({ result: block }))).toEqual([
      ["block", "f:1 result"],
      ["transaction", "f:1 result transactions[0]"],
    ]);
    expect(places(JSON.stringify({ ...block, transactions: [hashOf(1)] }))).toEqual([["block", "f:1"]]);
  });

  test("JSON lines, empty ones between; rows of no use are handed over to be counted", () => {
    const etl = { type: "log", topics: [], block_number: 1 };
    const transfer = {
      type: "token_transfer",
      from_address: "",
      transaction_hash: "",
      block_number: 1,
      block_timestamp: 2,
    };
    expect(places(`${JSON.stringify(etl)}\n\n${JSON.stringify(transfer)}\n`)).toEqual([
      ["log", "f:1"],
      ["other", "f:3"],
    ]);
  });

  test("CSV: the header line names the fields", () => {
    const [first] = rowsOf("f.csv", "block_number, topics \n5,[]\n");
    expect(first).toEqual({ row: { block_number: "5", topics: "[]" }, where: "f.csv:2" });
  });

  test("an empty file has no rows", () => {
    expect(places("")).toEqual([]);
    expect(places(" \n")).toEqual([]);
  });
});

describe("bad input is one line that names file, line and field", () => {
  test.each([
    ["[1,", /^f: not JSON: /],
    ['{"a":1}\n{"b":', /^f:2: not JSON: /],
    ["a,b\n1,2\n3\n", /^f:3: 1 cells, the header line has 2$/],
    ["[".repeat(1_000) + "]".repeat(1_000), /: nested over 16 deep$/],
    ['a,b\n1,"2', /^f:2: a quoted cell has no proper end$/],
  ])("%j", (text, message) => {
    expect(() => [...rowsOf("f", text)]).toThrow(message);
  });

  const read = (change: object) => () => {
    const [first] = rowsOf("logs.json", JSON.stringify([{ ...log, ...change }]));
    if (first !== undefined) readRow(first, (row) => readLog(row));
  };
  test.each([
    [{ topics: "0x12" }, 'logs.json[0]: topics[0]: expected 0x and 64 hex digits, got "0x12"'],
    [{ topics: [hashOf(1), 5] }, "logs.json[0]: topics[1]: expected 0x and 64 hex digits, got 5"],
    [
      { topics: Array.from({ length: 5 }, () => hashOf(1)) },
      "logs.json[0]: topics: expected a list of at most 4 topics",
    ],
    [{ data: "0x123" }, 'logs.json[0]: data: expected 0x and pairs of hex digits, got "0x123"'],
    [{ blockNumber: -1 }, "logs.json[0]: blockNumber: expected an unsigned integer, got -1"],
    [{ blockNumber: undefined }, "logs.json[0]: blockNumber: expected an unsigned integer, got nothing"],
    [{ blockNumber: 1.5 }, "logs.json[0]: blockNumber: expected an unsigned integer, got 1.5"],
    [{ logIndex: `0x${"f".repeat(20)}` }, "logs.json[0]: logIndex: expected an unsigned integer"],
    [{ address: "nobody" }, 'logs.json[0]: address: expected 0x and 40 hex digits, got "nobody"'],
    [
      { blockTimestamp: "yesterday" },
      'logs.json[0]: blockTimestamp: expected Unix seconds or a date, got "yesterday"',
    ],
    [{ blockTimestamp: "2024-13-45 00:00:00" }, "expected Unix seconds or a date"],
  ])("%j", (change, message) => {
    expect(read(change)).toThrow(message);
  });
});

describe("the forms of a field", () => {
  const readOf = (change: object) => readLog({ ...log, ...change });

  test("topics as a Python list, a JSON list, a bare list, or none", () => {
    const [a, b] = [hashOf(1), hashOf(2)];
    for (const topics of [[a, b], `['${a}', '${b}']`, `["${a}","${b}"]`, `${a},${b}`, `[${a} , ${b}]`]) {
      expect(readOf({ topics }).topics).toEqual([a, b]);
    }
    expect(readOf({ topics: "[]" }).topics).toEqual([]);
    expect(readOf({ topics: [] }).topics).toEqual([]);
  });

  test("times as Unix seconds, hex, or a date, which is UTC unless it says otherwise", () => {
    const time = (blockTimestamp: unknown) => readOf({ blockTimestamp }).block_unix_s;
    expect(time("2024-01-05 01:50:11")).toBe(1_704_419_411);
    expect(time("2024-01-05 01:50:11+00:00")).toBe(1_704_419_411);
    expect(time("2024-01-05T01:50:11.250Z")).toBe(1_704_419_411);
    expect(time("2024-01-05 01:50:11 UTC")).toBe(1_704_419_411);
    expect(time("2024-01-05 02:50:11+01:00")).toBe(1_704_419_411);
    expect([time(5), time("5"), time("0x5"), time(null), time("")]).toEqual([5, 5, 5, null, null]);
  });

  test("the older Polygon exports' names", () => {
    const row = {
      block_number: "5",
      block_timestamp: "2021-12-22 00:18:09+00:00",
      transaction_hash: hashOf(2),
      pool_tx_index: "51",
      pool_log_index: "228",
      pool_topics: `['${hashOf(1)}']`,
      pool_data: "0x00",
      proxy_topics: "[]",
    };
    expect(readLog(row, addressOf(9))).toMatchObject({
      address: addressOf(9),
      tx_index: 51,
      log_index: 228,
      topics: [hashOf(1)],
      data: "0x00",
      block_hash: null,
    });
    expect(() => readLog(row)).toThrow("address: expected 0x and 40 hex digits, got nothing");
  });

  test("hex is lower-case from here on", () => {
    expect(readOf({ address: addressOf(0xab).replace("ab", "AB"), data: "0xAB" })).toMatchObject({
      address: addressOf(0xab),
      data: "0xab",
    });
  });
});
