import { beforeEach, describe, expect, it } from "vitest";
import type { Connection, DetailResult, StreamStatus, ViewFrame } from "../../workers/api.ts";
import type { StreamCalls } from "../stream/stream.ts";
import { deselect, select, useSelection } from "./selection.ts";
import { applyStatus, failStatus, RATE_SAMPLES, sampleRate, useStatus } from "./status.ts";
import { nextTheme, THEMES } from "./theme.ts";
import { applyViews, expectView, forgetView, useViews } from "./views.ts";

const status = (connection: Connection, rows_per_s = 0): StreamStatus => ({
  connection,
  server: "http://127.0.0.1:1",
  epoch: "e-1",
  seq: 5,
  event_unix_ms: 1,
  last_frame_unix_ms: 1,
  rows_per_s,
  channels: {},
});

describe("the status", () => {
  beforeEach(() => useStatus.setState({ status: null, rates: [] }));

  it("keeps an equal connection's identity, so that what shows it does not render", () => {
    applyStatus(status({ state: "resyncing", channels: ["tx.main"] }));
    const before = useStatus.getState().status?.connection;
    applyStatus({ ...status({ state: "resyncing", channels: ["tx.main"] }), seq: 6 });
    expect(useStatus.getState().status?.seq).toBe(6);
    expect(useStatus.getState().status?.connection).toBe(before);
    applyStatus(status({ state: "resyncing", channels: ["pool.main"] }));
    expect(useStatus.getState().status?.connection).toEqual({ state: "resyncing", channels: ["pool.main"] });
  });

  it("keeps a minute of rates, no more", () => {
    for (let n = 0; n < RATE_SAMPLES + 40; n++) {
      applyStatus(status({ state: "live" }, n));
      sampleRate();
    }
    const { rates } = useStatus.getState();
    expect(rates).toHaveLength(RATE_SAMPLES);
    expect(rates.at(-1)).toBe(RATE_SAMPLES + 39);
  });

  it("fails with what is known kept", () => {
    failStatus("http://a", "no worker");
    expect(useStatus.getState().status).toMatchObject({ server: "http://a", seq: 0 });
    applyStatus(status({ state: "live" }));
    failStatus("http://a", "worker gone");
    expect(useStatus.getState().status).toMatchObject({
      seq: 5,
      connection: { state: "failed", reason: "worker gone" },
    });
  });
});

describe("the views", () => {
  const frame = (view: string, total: number): ViewFrame => ({
    view,
    total,
    held: total,
    start: 0,
    rows: [],
    newer: 0,
  });

  beforeEach(() => useViews.setState({}, true));

  it("changes only the views of the frame", () => {
    expectView("a");
    expectView("b");
    applyViews([frame("a", 1), frame("b", 1)]);
    const { b } = useViews.getState();
    applyViews([frame("a", 2)]);
    expect(useViews.getState()["a"]?.total).toBe(2);
    expect(useViews.getState()["b"]).toBe(b);
  });

  it("forgets a closed view, and drops a frame that was on its way", () => {
    expectView("a");
    expectView("b");
    applyViews([frame("a", 1), frame("b", 1)]);
    forgetView("a");
    applyViews([frame("a", 2), frame("b", 2)]);
    expect(useViews.getState()).toEqual({ b: frame("b", 2) });
  });

  it("begins a view that is opened again without old rows, and keeps those of one that is open", () => {
    expectView("a");
    applyViews([frame("a", 1)]);
    expectView("a");
    expect(useViews.getState()["a"]?.total).toBe(1);
    forgetView("a");
    expectView("a");
    expect(useViews.getState()["a"]).toBeNull();
  });
});

describe("the selection", () => {
  beforeEach(deselect);

  const target = (id: string) => ({ view: "transactions", channel: "tx.main", id, side: "left" }) as const;
  const calls = (
    transaction: (hash: string) => Promise<DetailResult>,
    entity: unknown = { id: "0x1", seq: 1 },
  ) => ({ entity: () => Promise.resolve(entity), transaction }) as unknown as StreamCalls;

  it("opens from the worker, then fills from the server", async () => {
    const seen: unknown[] = [];
    const stop = useSelection.subscribe(({ selection }) =>
      seen.push([selection?.entity, selection?.transaction.kind]),
    );
    await select(
      calls(async (hash) => ({ kind: "found", detail: { hash } })),
      target("0x1"),
    );
    stop();
    const entity = { id: "0x1", seq: 1 };
    expect(seen).toEqual([
      [undefined, "none"],
      [entity, "asking"],
      [entity, "found"],
    ]);
    expect(useSelection.getState().selection?.transaction).toMatchObject({
      hash: "0x1",
      detail: { hash: "0x1" },
    });
  });

  it("B8 is a copy: the row may change, be shed or leave its window, and views move on", async () => {
    const held: { row: unknown } = { row: { id: "0x1", seq: 1, status: "pending" } };
    // As the worker's port does, each answer is a clone.
    const live = {
      entity: () => Promise.resolve(structuredClone(held.row)),
      transaction: async (hash: string) => ({ kind: "found", detail: { hash } }),
    } as unknown as StreamCalls;
    await select(live, target("0x1"));
    const { selection } = useSelection.getState();
    expect(selection).toMatchObject({ entity: { status: "pending" }, transaction: { kind: "found" } });

    held.row = null;
    applyViews([{ view: "transactions", total: 0, held: 0, start: 0, rows: [], newer: 0 }]);
    applyStatus(status({ state: "live" }));
    // Selecting it once more, as a click on what is selected does, asks for nothing.
    await select(live, target("0x1"));
    expect(useSelection.getState().selection).toBe(selection);
  });

  it("asks the server also for a transaction that has left the window", async () => {
    await select(
      calls(async () => ({ kind: "gone", reason: "evicted" }), null),
      target("0x2"),
    );
    expect(useSelection.getState().selection).toMatchObject({ entity: null, transaction: { kind: "gone" } });
  });

  it("asks for a pool event's transaction, and for none where it has none", async () => {
    const asked: string[] = [];
    const transaction = async (hash: string): Promise<DetailResult> => {
      asked.push(hash);
      return { kind: "found", detail: {} };
    };
    const event = { view: "pool-events", channel: "pool.main", side: "right" } as const;
    await select(calls(transaction, { id: "log:1", tx_hash: "0xaa" }), { ...event, id: "log:1" });
    await select(calls(transaction, { id: "log:2", tx_hash: null }), { ...event, id: "log:2" });
    expect(asked).toEqual(["0xaa"]);
    expect(useSelection.getState().selection?.transaction.kind).toBe("none");
  });

  it("shows a refused call as an error", async () => {
    await select(
      calls(() => Promise.reject(new Error("worker gone"))),
      target("0x3"),
    );
    expect(useSelection.getState().selection?.transaction).toMatchObject({
      kind: "error",
      reason: "worker gone",
    });
  });

  it("drops the answer for a row that is selected no more", async () => {
    let answer: (detail: DetailResult) => void = () => {};
    const slow = new Promise<DetailResult>((resolve) => {
      answer = resolve;
    });
    const first = select(
      calls(() => slow),
      target("0x4"),
    );
    await select(
      calls(async () => ({ kind: "gone", reason: "evicted" })),
      target("0x5"),
    );
    answer({ kind: "found", detail: { hash: "0x4" } });
    await first;
    expect(useSelection.getState().selection).toMatchObject({ id: "0x5", transaction: { kind: "gone" } });
  });
});

it("goes round the themes", () => {
  expect(THEMES.map(nextTheme)).toEqual(["dark", "light", "system"]);
});
