/** The one upstream, kept alive: a connection after the other, with growing waits between those that fail. */
import { Backoff } from "../../backoff.ts";
import { CliError } from "../../cli/errors.ts";
import { Connection, type ConnectionOptions, type Phase } from "./connection.ts";
import { FIREHOSE_LIMITS as LIMITS } from "./limits.ts";

export type UpstreamState = Phase | "waiting" | "stopped";

export interface UpstreamOptions extends Omit<ConnectionOptions, "onPhase"> {
  /** 0 to 1; for the waits. */
  readonly random?: () => number;
  onState(state: UpstreamState, detail: string): void;
}

export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #backoff: Backoff;
  #state: UpstreamState = "connecting";
  #connection: Connection | null = null;
  #isStopped = false;
  #wake = (): void => {};

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#backoff = new Backoff(
      { first_ms: LIMITS.backoff_first_ms, most_ms: LIMITS.backoff_most_ms },
      options.random,
    );
  }

  get state(): UpstreamState {
    return this.#state;
  }

  /** Resolves after `stop`. Rejects with CliError where the server refuses the key. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      this.#connection = new Connection({ ...this.#options, onPhase: (phase) => this.#become(phase) });
      const { reason, refused, live_ms } = await this.#connection.ended;
      if (this.#isStopped) break;
      if (refused) throw new CliError(`firehose ${this.#options.url.host}: ${reason}`);
      if (live_ms >= LIMITS.proved_after_ms) this.#backoff.reset();
      await this.#wait(reason);
    }
    this.#become("stopped");
  }

  stop(): void {
    this.#isStopped = true;
    this.#connection?.close("stopped");
    this.#wake();
  }

  async #wait(reason: string): Promise<void> {
    const ms = this.#backoff.next();
    this.#become("waiting", `${reason}; again in ${Math.round(ms)} ms`);
    if (this.#isStopped) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #become(state: UpstreamState, detail = ""): void {
    this.#state = state;
    this.#options.onState(state, detail);
  }
}
