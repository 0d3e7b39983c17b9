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
    const answered = once(this.#process, "message");
    this.#process.send(order);
    const [report] = (await Promise.race([
      answered,
      once(this.#process, "exit").then(([code]) => {
        throw new Error(`a process of the benchmark ended with ${code}`);
      }),
    ])) as [Report];
    return report;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}
