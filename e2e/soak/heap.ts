/** Heap of a page and of its workers after a forced collection, and what hangs on the DOM, by the DevTools protocol. */
import type { CDPSession, Page } from "@playwright/test";

/** Bytes. `used` is the JavaScript heap's, `backing` that of array buffers, which are not in it. */
export interface HeapUsage {
  used: number;
  backing: number;
}

export interface MemorySample {
  page: HeapUsage;
  workers: HeapUsage;
  nodes: number;
  listeners: number;
}

interface Attached {
  sessionId: string;
  targetInfo: { type: string };
}

interface RuntimeUsage {
  usedSize: number;
  backingStorageSize: number;
}

export class MemoryProbe {
  #cdp: CDPSession;
  #workers = new Set<string>();
  #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #lastId = 0;

  private constructor(cdp: CDPSession) {
    this.#cdp = cdp;
  }

  /** Attaches to `page` and to every worker that it has or gets. */
  static async attach(page: Page): Promise<MemoryProbe> {
    const cdp = await page.context().newCDPSession(page);
    const probe = new MemoryProbe(cdp);
    cdp.on("Target.attachedToTarget", ({ sessionId, targetInfo }: Attached) => {
      if (targetInfo.type === "worker") probe.#workers.add(sessionId);
    });
    cdp.on("Target.detachedFromTarget", ({ sessionId }) => probe.#detached(sessionId));
    cdp.on("Target.receivedMessageFromTarget", ({ message }) => probe.#answered(message));
    await cdp.send("Performance.enable");
    await cdp.send("Target.setAutoAttach", {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    return probe;
  }

  get workerCount(): number {
    return this.#workers.size;
  }

  /** Collects garbage in the page and in its workers, then reads what is left. */
  async read(): Promise<MemorySample> {
    await this.#cdp.send("HeapProfiler.collectGarbage");
    const page = usage(await this.#cdp.send("Runtime.getHeapUsage"));
    const workers = { used: 0, backing: 0 };
    for (const sessionId of this.#workers) {
      await this.#send(sessionId, "HeapProfiler.collectGarbage");
      const one = usage((await this.#send(sessionId, "Runtime.getHeapUsage")) as RuntimeUsage);
      workers.used += one.used;
      workers.backing += one.backing;
    }
    const { metrics } = await this.#cdp.send("Performance.getMetrics");
    const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
    return { page, workers, nodes: metric("Nodes"), listeners: metric("JSEventListeners") };
  }

  /** A command to one worker: Playwright's sessions do not reach them, so it goes as a message through the page's. */
  #send(sessionId: string, method: string): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const message = JSON.stringify({ id, method });
      this.#cdp.send("Target.sendMessageToTarget", { sessionId, message }).catch(reject);
    });
  }

  #answered(message: string): void {
    const { id, result, error } = JSON.parse(message) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
    };
    if (id === undefined) return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error.message));
  }

  #detached(sessionId: string): void {
    this.#workers.delete(sessionId);
    for (const { reject } of this.#waiting.values()) reject(new Error("the worker ended while it was asked"));
    this.#waiting.clear();
  }
}

function usage({ usedSize, backingStorageSize }: RuntimeUsage): HeapUsage {
  return { used: usedSize, backing: backingStorageSize };
}
