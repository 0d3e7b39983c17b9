import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createStreamWorker } from "./handle.ts";

/** A worker whose script never runs, as one that a policy blocks. */
class BlockedWorker extends EventTarget {
  static last: BlockedWorker;
  terminated = false;

  constructor() {
    super();
    BlockedWorker.last = this;
  }

  postMessage(): void {}

  terminate(): void {
    this.terminated = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Worker", BlockedWorker);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("says what to allow when the worker does not answer", async () => {
  const { ready } = createStreamWorker();
  const failed = ready.catch((error: Error) => error.message);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toBe(
    "the stream worker did not start (no answer in 10000 ms): allow worker-src 'self' in the page's " +
      "Content-Security-Policy",
  );
});

it("says it at once when the browser reports an error, which has no words", async () => {
  const { ready } = createStreamWorker();
  BlockedWorker.last.dispatchEvent(new Event("error"));
  await expect(ready).rejects.toThrow("the stream worker did not start (the browser gave no reason)");
});

it("terminates", async () => {
  const { ready, terminate } = createStreamWorker();
  ready.catch(() => {});
  terminate();
  expect(BlockedWorker.last.terminated).toBe(true);
});
