/** How the page starts the stream worker. The only part of this folder, besides the types in api.ts, that it imports. */
import { type Remote, releaseProxy, wrap } from "comlink";
import type { StreamWorker } from "./api.ts";

/** A worker that has not answered by then is taken for blocked: a blocked one shows as an error event without words. */
const START_TIMEOUT_MS = 10_000;

export interface WorkerHandle {
  calls: Remote<StreamWorker>;
  /** Resolves when the worker's script has run; rejects with what to allow when the browser keeps it from running. */
  ready: Promise<void>;
  terminate(): void;
}

export function createStreamWorker(): WorkerHandle {
  const worker = new Worker(new URL("./main.ts", import.meta.url), {
    type: "module",
    name: "mempulse-stream",
  });
  const calls = wrap<StreamWorker>(worker);
  return {
    calls,
    ready: started(worker, calls),
    terminate() {
      calls[releaseProxy]();
      worker.terminate();
    },
  };
}

async function started(worker: Worker, calls: Remote<StreamWorker>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const blocked = new Promise<never>((_, reject) => {
    const fail = (why: string) =>
      reject(
        new Error(
          `the stream worker did not start (${why}): allow worker-src 'self' in the page's Content-Security-Policy`,
        ),
      );
    timer = setTimeout(() => fail(`no answer in ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    worker.addEventListener("error", (event) => fail(event.message || "the browser gave no reason"), {
      once: true,
    });
  });
  try {
    await Promise.race([calls.ping(), blocked]);
  } finally {
    clearTimeout(timer);
  }
}
