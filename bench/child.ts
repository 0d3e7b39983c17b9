/** Processes of a benchmark: started by file, asked by message, one order at a time. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

export class Child<Order extends object, Report> {
  readonly #process: ChildProcess;

  /** `path`: the process's TypeScript file. */
  constructor(path: string, execArgv: readonly string[] = []) {
    this.#process = fork(path, { execArgv: [...execArgv, "--import", "tsx"] });
  }

  /** The answer to an order. Rejects where the process ends instead. */
  async ask(order: Order): Promise<Report> {
    const over = new AbortController();
    const answered = once(this.#process, "message", { signal: over.signal });
    const ended = once(this.#process, "exit", { signal: over.signal }).then(([code]) => {
      throw new Error(`a process of the benchmark ended with ${code}`);
    });
    this.#process.send(order);
    try {
      const [report] = (await Promise.race([answered, ended])) as [Report];
      return report;
    } finally {
      // Neither listens on; that it was told so is no news.
      for (const waiting of [answered, ended]) void waiting.catch(() => {});
      over.abort();
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}
