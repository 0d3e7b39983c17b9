import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../testing/clock.ts";
import { type Account, type Consumer, FanOut } from "./fan-out.ts";
import { FIREHOSE_LIMITS } from "./limits.ts";

const TRADES = (symbol: string, count: number) =>
  Array.from({ length: count }, () => ({ ev: "T", sym: symbol }));

function setUp() {
  const clock = new VirtualClock();
  const news: string[] = [];
  const fanOut = new FanOut({
    clock,
    onStall: ({ name }, reason) => news.push(`${clock.now().ms} ${name}: ${reason ?? "again"}`),
  });
  return { clock, news, fanOut };
}

function consumer(name: string, subscriptions: string[], take: Consumer["take"] = () => null): Consumer {
  return { name, subscriptions: new Set(subscriptions), take };
}

/** matched = forwarded + dropped, of every consumer. */
function expectBalanced(accounts: readonly Account[]): void {
  for (const { matched, forwarded, dropped } of accounts) {
    expect(matched).toBe(forwarded + Object.values(dropped).reduce((sum, count) => sum + count, 0));
  }
}

describe("one upstream, many consumers", () => {
  it("each gets what it subscribes to, and the books say how much", () => {
    const { fanOut } = setUp();
    const got = { all: 0, one: 0 };
    const counting = (key: keyof typeof got) => (trades: readonly object[]) => {
      got[key] += trades.length;
      return null;
    };
    fanOut.attach(consumer("all", ["T.*"], counting("all")));
    fanOut.attach(consumer("one", ["T.A"], counting("one")));
    fanOut.push([...TRADES("A", 3), ...TRADES("B", 4)]);
    expect(got).toEqual({ all: 7, one: 3 });
    expect(fanOut.received).toBe(7);
    expect(fanOut.accounts()).toMatchObject([
      { name: "all", received: 7, matched: 7, forwarded: 7 },
      { name: "one", received: 7, matched: 3, forwarded: 3 },
    ]);
  });

  it("one that throws or refuses loses its own trades, with the reason, and no other's", () => {
    const { fanOut } = setUp();
    fanOut.attach(
      consumer("broken", ["T.*"], () => {
        throw new Error("wrong thread");
      }),
    );
    fanOut.attach(consumer("picky", ["T.*"], (trades) => ({ dropped: 1, reason: `of ${trades.length}` })));
    fanOut.attach(consumer("well", ["T.*"]));
    fanOut.push(TRADES("A", 5));
    expect(fanOut.accounts()).toMatchObject([
      { forwarded: 0, dropped: { "error: wrong thread": 5 } },
      { forwarded: 4, dropped: { "of 5": 1 } },
      { forwarded: 5, dropped: {} },
    ]);
    expectBalanced(fanOut.accounts());
  });

  it("remembers few reasons, whatever errors say", () => {
    const { fanOut } = setUp();
    let n = 0;
    fanOut.attach(consumer("odd", ["T.*"], () => ({ dropped: 1, reason: `reason ${n++}` })));
    for (let push = 0; push < 100; push++) fanOut.push(TRADES("A", 1));
    const [account] = fanOut.accounts();
    expect(Object.keys(account?.dropped ?? {}).length).toBe(9);
    expect(account?.dropped["other"]).toBe(92);
    expectBalanced(fanOut.accounts());
  });

  it("names one that gets nothing while trades come, within two seconds, and says when that is over", () => {
    const { fanOut, clock, news } = setUp();
    let isBlocked = false;
    fanOut.attach(
      consumer("aggregator", ["T.*"], (trades) =>
        isBlocked ? { dropped: trades.length, reason: "blocked" } : null,
      ),
    );
    fanOut.attach(consumer("well", ["T.*"]));
    const flow = (ms: number) => {
      for (let passed = 0; passed < ms; passed += 50) {
        fanOut.push(TRADES("A", 10));
        clock.advance(50);
      }
    };
    flow(1_000);
    expect(news).toEqual([]);
    isBlocked = true;
    flow(2_000);
    expect(news).toHaveLength(1);
    expect(news[0]).toMatch(/^(\d+) aggregator: blocked$/);
    expect(Number.parseInt(news[0] as string, 10) - 1_000).toBeLessThanOrEqual(2_000);
    expect(fanOut.accounts()[0]).toMatchObject({ stalled: "blocked" });
    isBlocked = false;
    flow(1_000);
    expect(news).toHaveLength(2);
    expect(news[1]).toMatch(/aggregator: again$/);
    expectBalanced(fanOut.accounts());
  });

  it("names nobody while nothing comes, and one whose subscriptions match nothing by them", () => {
    const { fanOut, clock, news } = setUp();
    fanOut.attach(consumer("lost", ["T.ZZZ"]));
    fanOut.push(TRADES("A", 1));
    clock.advance(60_000);
    expect(news).toEqual([]);
    for (let n = 0; n < 40; n++) {
      fanOut.push(TRADES("A", 1));
      clock.advance(50);
    }
    expect(news).toHaveLength(1);
    expect(news[0]).toContain("lost: no trade matches T.ZZZ");
  });

  it("knows the rate received against the rate forwarded", () => {
    const { fanOut, clock } = setUp();
    fanOut.attach(consumer("half", ["T.A"]));
    for (let n = 0; n < 60; n++) {
      fanOut.push([...TRADES("A", 5), ...TRADES("B", 5)]);
      clock.advance(50);
    }
    const [account] = fanOut.accounts();
    expect(account?.received_per_s).toBeCloseTo(200, -1);
    expect(account?.forwarded_per_s).toBeCloseTo(100, -1);
  });

  it("no timer runs while nobody is attached", () => {
    const { fanOut, clock } = setUp();
    const one = consumer("one", ["T.*"]);
    fanOut.attach(one);
    clock.advance(FIREHOSE_LIMITS.stall_check_ms * 3);
    expect(clock.pending).toBe(1);
    fanOut.detach(one);
    expect(clock.pending).toBe(0);
  });
});
