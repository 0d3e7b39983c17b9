/**
 * The collector on a real node over a network with faults. The oracle each time: the pool events that the model holds as
 * seen are those of eth_getLogs on the node's chain, none was told twice, and what it holds of the pools is what the
 * contracts themselves say.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { COLLECTOR_STATE, type CollectorStateName } from "../../../protocol/tlv/registry.ts";
import { Anvil } from "./testing/anvil.ts";
import { Dex } from "./testing/dex.ts";
import { eventsOf } from "./testing/messages.ts";
import { NodeProxy } from "./testing/node-proxy.ts";
import { standing } from "./testing/told-events.ts";
import { canonical, canonicalTransactions, headOf, Watched } from "./testing/watched.ts";

/** So that faults are noticed in milliseconds. */
const SOON = {
  backoff_first_ms: 5,
  backoff_most_ms: 50,
  breaker_open_ms: 100,
  request_timeout_ms: 500,
  request_attempts_count: 2,
  ping_interval_ms: 60,
  silent_least_ms: 100,
  silent_blocks_count: 1,
};

const folder = mkdtempSync(join(tmpdir(), "mempulse-live-"));
const state = join(folder, "state.json");
let node: Anvil;
let dex: Dex;
let proxy: NodeProxy;
let watched: Watched;

beforeAll(async () => {
  node = await Anvil.start(state);
  dex = await Dex.deploy(node);
}, 60_000);
afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  proxy = await NodeProxy.start(node.wsUrl);
  watched = new Watched({ endpoints: [proxy.url], chain_id: 31_337, block_ms: 1, limits: SOON });
  await caughtUp();
  await dex.trade(0);
  await dex.addLiquidity();
});
afterEach(async () => {
  await watched.stop();
  await proxy.stop();
});

const until = (look: () => unknown): Promise<unknown> => vi.waitFor(look, { timeout: 20_000, interval: 5 });
/** The head told last is the node's. */
async function caughtUp(): Promise<void> {
  const head = await headOf(node);
  await until(() => expect(watched.head).toBe(head));
}
const STATE_NAMES = Object.keys(COLLECTOR_STATE) as CollectorStateName[];
const states = () =>
  eventsOf(watched.messages(), "CollectorStatus").map((status) =>
    STATE_NAMES.find((name) => COLLECTOR_STATE[name] === status.state),
  );
const reconnected = (times = 1): Promise<unknown> =>
  until(() => expect(proxy.accepted).toBeGreaterThan(times));

/** What the model holds when all of the chain was told. */
async function held() {
  await caughtUp();
  const pools = new Map(watched.rows("pool.state").map((row) => [row.id, row]));
  const rawOf = (amount: unknown): unknown => (amount as { raw?: string } | null)?.raw;
  const pair = pools.get(dex.pair);
  const pool = pools.get(dex.pool);
  return {
    events: watched.seen(),
    transactions: watched.included(),
    told_wrong: standing(watched.messages()).wrong,
    faults: watched.source.faults.lines(),
    reserve0: rawOf(pair?.reserve0),
    reserve1: rawOf(pair?.reserve1),
    sqrt_price_x96: pool?.sqrt_price_x96,
    tick: pool?.tick,
    liquidity: pool?.liquidity,
  };
}

/** The same by the node and the contracts. */
const onChain = async () => ({
  events: await canonical(node, watched.firstBlock),
  transactions: await canonicalTransactions(node, watched.firstBlock),
  told_wrong: [],
  faults: [],
  ...(await dex.now()),
});

test("a healthy life", async () => {
  for (let turn = 1; turn < 4; turn++) await dex.trade(turn);
  expect(await held()).toEqual(await onChain());
  expect(watched.seen().length).toBeGreaterThan(10);
  expect(states()).not.toContain("reconnecting");
});

describe("the connection", () => {
  test("is cut, with trades meanwhile and trades while it catches up", async () => {
    proxy.mode = "refuse";
    proxy.cut();
    for (let turn = 1; turn < 4; turn++) await dex.trade(turn);
    proxy.mode = "pass";
    // Heads that come in while it is behind must not move it on.
    await dex.trade(4);
    await dex.trade(5);
    expect(await held()).toEqual(await onChain());
    expect(states()).toEqual(expect.arrayContaining(["reconnecting", "backfilling", "connected"]));
  });

  test("is cut in the middle of a frame, again and again", async () => {
    for (let turn = 1; turn < 5; turn++) {
      await caughtUp();
      const times = proxy.accepted;
      proxy.cutMidFrame();
      await dex.trade(turn);
      await reconnected(times);
    }
    expect(await held()).toEqual(await onChain());
  });

  test("is half-open: it stands, new ones too, and nothing passes", async () => {
    proxy.mode = "swallow";
    await dex.trade(1);
    await reconnected();
    await dex.trade(2);
    proxy.mode = "pass";
    expect(await held()).toEqual(await onChain());
  });

  test("goes silent for good; a new one is made", async () => {
    proxy.freeze();
    await dex.trade(1);
    await reconnected();
    expect(await held()).toEqual(await onChain());
  });

  test("answers, and tells no heads any more", async () => {
    proxy.isMute = true;
    await dex.trade(1);
    await until(async () => {
      await dex.trade(2);
      expect(proxy.accepted).toBeGreaterThan(1);
    });
    proxy.isMute = false;
    expect(await held()).toEqual(await onChain());
  });

  test("goes to another endpoint where the first is gone", async () => {
    const other = await NodeProxy.start(node.wsUrl);
    const second = new Watched({ endpoints: [proxy.url, other.url], chain_id: 31_337, limits: SOON });
    try {
      await until(() => expect(second.head).toBeDefined());
      proxy.mode = "refuse";
      proxy.cut();
      await dex.trade(1);
      const head = await headOf(node);
      await until(() => expect(second.head).toBe(head));
      expect(second.seen()).toEqual(await canonical(node, second.firstBlock));
      expect(other.accepted).toBe(1);
      proxy.mode = "pass";
    } finally {
      await second.stop();
      await other.stop();
    }
  });
});

test("a long outage is caught up with by eth_getLogs, and the newest blocks whole", async () => {
  const limits = { ...SOON, whole_blocks_count: 3, log_blocks_count: 4 };
  const second = new Watched({ endpoints: [proxy.url], chain_id: 31_337, block_ms: 1, limits });
  try {
    await until(() => expect(second.head).toBeDefined());
    proxy.mode = "refuse";
    proxy.cut();
    for (let turn = 1; turn < 6; turn++) await dex.trade(turn);
    await dex.addLiquidity();
    proxy.mode = "pass";
    const head = await headOf(node);
    await until(() => expect(second.head).toBe(head));
    expect(second.seen()).toEqual(await canonical(node, second.firstBlock));
    expect(standing(second.messages()).wrong).toEqual([]);
    expect(second.source.faultCounts()).toMatchObject({ missed_block: 0, malformed_row: 0 });
    expect(second.source.faultCounts().missed_transaction).toBeGreaterThan(10);
    expect(second.included().length).toBeLessThan(10);
  } finally {
    await second.stop();
  }
});

test("the node is killed and started again", async () => {
  await dex.trade(1);
  await node.stop();
  node = await Anvil.start(state);
  dex.node = node;
  await dex.trade(2);
  proxy.target = node.wsUrl;
  expect(await held()).toEqual(await onChain());
}, 60_000);

describe("a reorg", () => {
  test("while it is watched: its blocks are taken back, and the new ones come", async () => {
    for (let turn = 1; turn < 3; turn++) await dex.trade(turn);
    await caughtUp();
    const before = watched.seen().length;
    await node.rpc("anvil_reorg", [5, []]);
    expect(await held()).toEqual(await onChain());
    expect(watched.seen().length).toBeLessThan(before);
    await dex.trade(3);
    expect(await held()).toEqual(await onChain());
    // A transaction that is in no block any more is pending, or lost its nonce to another.
    const left = watched.rows("tx.main").map(({ status }) => status);
    expect(left).toEqual(expect.arrayContaining(["replaced"]));
  });

  test("during an outage: no ghosts", async () => {
    for (let turn = 1; turn < 4; turn++) await dex.trade(turn);
    await dex.addLiquidity();
    await caughtUp();
    proxy.mode = "refuse";
    proxy.cut();
    await node.rpc("anvil_reorg", [8, []]);
    for (let turn = 4; turn < 6; turn++) await dex.trade(turn);
    proxy.mode = "pass";
    expect(await held()).toEqual(await onChain());
  });

  test("to a shorter chain, which then grows", async () => {
    for (let turn = 1; turn < 3; turn++) await dex.trade(turn);
    await caughtUp();
    await node.rpc("anvil_rollback", [4]);
    await dex.trade(3);
    expect(await held()).toEqual(await onChain());
  });

  test("of blocks in which the pools' liquidity changed", async () => {
    await dex.addLiquidity();
    await dex.trade(1);
    await dex.addLiquidity();
    await caughtUp();
    await node.rpc("anvil_reorg", [5, []]);
    expect(await held()).toEqual(await onChain());
    await dex.addLiquidity();
    expect(await held()).toEqual(await onChain());
  });
});

describe("a node that takes logs back", () => {
  const logsOf = (block: string): Promise<unknown> => node.rpc("eth_getLogs", [{ blockHash: block }]);
  const takeBack = (logs: unknown): void => {
    for (const log of logs as object[]) proxy.inject("logs", { ...log, removed: true });
  };

  test("is believed where its chain says so too", async () => {
    await dex.trade(1);
    await caughtUp();
    const logs = await logsOf(await headOf(node));
    proxy.isMute = true;
    await node.rpc("anvil_reorg", [2, []]);
    takeBack(logs);
    expect(await held()).toEqual(await onChain());
    proxy.isMute = false;
  });

  test("and whose chain still has them takes back nothing", async () => {
    await dex.trade(1);
    await caughtUp();
    takeBack(await logsOf(await headOf(node)));
    await dex.trade(2);
    expect(await held()).toEqual(await onChain());
  });
});

test("all of it in turn, as chance has it", async () => {
  // Numerical Recipes' generator: the same faults each time.
  let seed = 20_261_121;
  const chance = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let turn = 0; turn < 40; turn++) {
    await dex.trade(turn);
    switch (chance(8)) {
      case 0:
        proxy.cut();
        break;
      case 1:
        proxy.cutMidFrame();
        break;
      case 2:
        proxy.freeze();
        break;
      case 3:
        proxy.mode = "swallow";
        break;
      case 4:
        await node.rpc("anvil_reorg", [1 + chance(6), []]);
        break;
      case 5:
        await dex.addLiquidity();
        break;
      default:
        proxy.mode = "pass";
    }
  }
  proxy.mode = "pass";
  expect(await held()).toEqual(await onChain());
}, 60_000);
