import { expect, it } from "vitest";
import type { Loss } from "../../workers/api.ts";
import { lossKeys } from "./loss-keys.ts";

const loss = (from_seq: number, to_seq: number): Loss => ({
  channel: "tx.main",
  kind: "shed",
  hop: "client",
  from_seq,
  to_seq,
  count: 1,
  at_unix_ms: 1,
});

it("gives each loss a key of its own, and a loss that grows the same", () => {
  const losses = [loss(0, 50), loss(200, 250), loss(0, 50), loss(200, 250), loss(0, 60)];
  const keys = lossKeys(losses);
  expect(new Set(keys).size).toBe(losses.length);
  expect(lossKeys([...losses.slice(0, -1), loss(0, 90)])).toEqual(keys);
});
