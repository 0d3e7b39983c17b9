import { describe, expect, test } from "vitest";
import type { Clock } from "../../../clock.ts";
import { PatientRpc } from "./patient.ts";
import { rateLimited } from "./refusals.ts";
import { type BatchRpc, RpcError } from "./rpc.ts";

/** Time passes when somebody waits for it. */
function setUp() {
  let ms = 0;
  const waits: number[] = [];
  const clock: Clock = {
    now: () => ({ ms, unix_ms: ms }),
    after(wait, run) {
      waits.push(wait);
      const timer = setImmediate(() => {
        ms += wait;
        run();
      });
      return () => clearImmediate(timer);
    },
  };
  const patient = new PatientRpc({
    clock,
    random: () => 0,
    attempts_count: 3,
    backoff: { first_ms: 100, most_ms: 1_000 },
  });
  let asked = 0;
  /** Fails with these in turn, then answers. */
  const use = (...failures: RpcError[]): void => {
    const request = async () => {
      asked += 1;
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return "answer";
    };
    patient.use({ request, requestMany: async () => [await request()], close: () => {} } satisfies BatchRpc);
  };
  return { patient, use, waits, asked: () => asked };
}

const timeout = () => new RpcError("no answer", null, { isTimeout: true });
const limited = (retry_after_ms = 0) => new RpcError("too many requests", 429, { retry_after_ms });
const refused = () => new RpcError("execution reverted", 3);

describe("a request", () => {
  test("that gets no answer in time, or meets a rate limit, is sent again after a pause", async () => {
    const { patient, use, waits, asked } = setUp();
    use(timeout(), limited());
    expect(await patient.request("m", [])).toBe("answer");
    expect(waits).toEqual([50, 100]);
    use(limited(5_000));
    expect(await patient.requestMany("m", [[]])).toEqual(["answer"]);
    expect(waits.at(-1)).toBe(5_000);
    expect(asked()).toBe(5);
  });

  test("is sent so many times at the most", async () => {
    const { patient, use, asked } = setUp();
    const last = timeout();
    use(timeout(), timeout(), last);
    await expect(patient.request("m", [])).rejects.toBe(last);
    expect(asked()).toBe(3);
  });

  test("that is refused for good, or whose node is gone, is not sent again", async () => {
    const { patient, use, asked } = setUp();
    const reason = refused();
    use(reason);
    await expect(patient.request("m", [])).rejects.toBe(reason);
    use(new RpcError("the connection closed"));
    await expect(patient.request("m", [])).rejects.toThrow("the connection closed");
    expect(asked()).toBe(2);
  });

  test("that waits when the connection ends is told so at once, and not sent to the next node", async () => {
    const { patient, use, asked } = setUp();
    use(limited(600_000));
    const waiting = patient.request("m", []);
    await Promise.resolve();
    await Promise.resolve();
    use();
    await expect(waiting).rejects.toThrow("m: the connection is over");
    expect(asked()).toBe(1);
    expect(await patient.request("m", [])).toBe("answer");
  });

  test("without a node is refused", async () => {
    const { patient } = setUp();
    await expect(patient.request("m", [])).rejects.toThrow("m: the connection is over");
  });
});

test("a rate limit holds back all requests, not the one alone", async () => {
  const { patient, use, waits } = setUp();
  use(limited(1_000));
  const first = patient.request("m", []);
  await Promise.resolve();
  const second = patient.request("m", []);
  expect(await Promise.all([first, second])).toEqual(["answer", "answer"]);
  expect(waits).toEqual([1_000, 1_000]);
});

test.each([
  [429, "slow down", true],
  [-32_005, "limit exceeded", true],
  [-32_005, "daily request count exceeded, request rate limited", true],
  [-32_005, "query returned more than 10000 results", false],
  [
    -32_602,
    "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range",
    false,
  ],
  [-32_614, "eth_getLogs is limited to a 10,000 range", false],
  [-32_000, "Your app has exceeded its compute units per second capacity", true],
  [-32_000, "execution reverted", false],
  [null, "cannot connect to wss://h: HTTP 429", true],
  [null, "the connection closed (1006)", false],
])("%s %s asks for fewer requests: %s", (code, message, expected) => {
  expect(rateLimited(code, message)).toBe(expected);
});
