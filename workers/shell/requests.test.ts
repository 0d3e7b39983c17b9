import { expect, it } from "vitest";
import { Clock } from "../testing/clock.ts";
import type { Answer, Environment } from "./environment.ts";
import { REQUEST_LIMITS, Requests } from "./requests.ts";

const OK: Answer = { status: 200, retry_after: null, text: "{}" };

/** Requests against a server that answers after 100 ms, or never where the URL says so. */
function start() {
  const clock = new Clock(0);
  const log: string[] = [];
  const env = {
    now: () => clock.now,
    after: (ms: number, call: () => void) => clock.after(ms, call),
    get: (url: string, signal: AbortSignal) =>
      new Promise<Answer>((resolve, reject) => {
        log.push(`get ${url}`);
        signal.addEventListener("abort", () => {
          log.push(`abort ${url}`);
          reject(new Error("aborted"));
        });
        if (url === "never") return;
        clock.after(100, () => {
          if (url === "refused") reject(new Error("connection refused"));
          else if (!signal.aborted) resolve(OK);
        });
      }),
  } as unknown as Environment;
  const settled: (Answer | Error)[] = [];
  const requests = new Requests(env);
  const getBackground = (url: string, mayYield = true) =>
    requests.getBackground(url, mayYield, (answer) => settled.push(answer));
  return { clock, log, settled, requests, getBackground };
}

it("B9 takes a resync back for a detail and sends it again after it", async () => {
  const { clock, log, settled, requests, getBackground } = start();
  getBackground("window");
  await clock.run(50);
  const detail = requests.getDetail("detail");
  await clock.run(100);
  expect(await detail).toEqual(OK);
  expect(settled).toEqual([]);
  await clock.run(100);
  expect(settled).toEqual([OK]);
  expect(log).toEqual(["get window", "abort window", "get detail", "get window"]);
});

it("B9 holds a resync back that is asked for while a detail is in flight", async () => {
  const { clock, log, settled, requests, getBackground } = start();
  void requests.getDetail("detail");
  getBackground("window");
  await clock.run(99);
  expect(log).toEqual(["get detail"]);
  await clock.run(200);
  expect(settled).toEqual([OK]);
});

it("B9 lets a resync through after it made way often enough", async () => {
  const { clock, log, settled, requests, getBackground } = start();
  getBackground("window");
  for (let i = 0; i < 12; i++) {
    void requests.getDetail("detail");
    await clock.run(101);
  }
  expect(settled).toEqual([OK]);
  expect(log.filter((line) => line === "abort window")).toHaveLength(REQUEST_LIMITS.yields_count);
});

it("B9 takes no bootstrap back", async () => {
  const { clock, log, settled, requests, getBackground } = start();
  getBackground("window", false);
  void requests.getDetail("detail");
  await clock.run(100);
  expect(log).toEqual(["get window", "get detail"]);
  expect(settled).toEqual([OK]);
});

it("B9 settles nothing that was cancelled or replaced", async () => {
  const { clock, settled, requests, getBackground } = start();
  getBackground("one");
  getBackground("two");
  await clock.run(200);
  expect(settled).toHaveLength(1);
  getBackground("three");
  requests.cancelBackground();
  await clock.run(200);
  expect(settled).toHaveLength(1);
});

it("gives up on a server that does not answer, and says why there is no answer", async () => {
  const { clock, settled, requests, getBackground } = start();
  getBackground("never");
  const refused = requests.getDetail("refused");
  await clock.run(100);
  expect(await refused).toEqual(new Error("connection refused"));
  await clock.run(REQUEST_LIMITS.timeout_ms);
  expect(settled).toEqual([new Error("no answer in 15000 ms")]);
});

it("has so many details in flight and refuses more", async () => {
  const { clock, requests } = start();
  const details = Array.from({ length: REQUEST_LIMITS.details_count + 1 }, () =>
    requests.getDetail("detail"),
  );
  await clock.run(100);
  const answers = await Promise.all(details);
  expect(answers.filter((answer) => answer instanceof Error)).toEqual([
    new Error("too many details asked for at once"),
  ]);
  const next = requests.getDetail("detail");
  await clock.run(100);
  expect(await next).toEqual(OK);
});
