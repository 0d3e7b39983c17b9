/**
 * The node that is connected at the moment, for those who ask over reconnects. What fails for a reason that passes, no
 * answer in time or a rate limit, is asked again after a jittered pause, a few times. A rate limit makes all wait: to go
 * on asking is what it forbids.
 */

import { type BackoffLimits, backoffMs } from "../../../backoff.ts";
import type { Clock } from "../../../clock.ts";
import { type BatchRpc, RpcError } from "./rpc.ts";

export interface PatientOptions {
  readonly clock: Clock;
  /** 0 <= r < 1. */
  readonly random: () => number;
  /** Times that a request is sent, at the most. */
  readonly attempts_count: number;
  readonly backoff: BackoffLimits;
}

export class PatientRpc implements BatchRpc {
  readonly #options: PatientOptions;
  #rpc: BatchRpc | null = null;
  #quietUntil = 0;
  /** End the pauses that are being made. */
  readonly #pauses = new Set<() => void>();

  constructor(options: PatientOptions) {
    this.#options = options;
  }

  /** From now on asks this node, or none: then all who wait are told so. */
  use(rpc: BatchRpc | null): void {
    this.#rpc = rpc;
    this.#quietUntil = 0;
    for (const end of this.#pauses) end();
  }

  request(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.#try(method, (rpc) => rpc.request(method, params));
  }

  requestMany(method: string, paramsOfEach: readonly (readonly unknown[])[]): Promise<unknown[]> {
    return this.#try(method, (rpc) => rpc.requestMany(method, paramsOfEach));
  }

  close(): void {
    this.#rpc?.close();
  }

  async #try<T>(method: string, ask: (rpc: BatchRpc) => Promise<T>): Promise<T> {
    const rpc = this.#rpc;
    for (let attempt = 1; ; attempt++) {
      while (this.#wait() > 0) await this.#pause(this.#wait());
      if (rpc === null || rpc !== this.#rpc) throw new RpcError(`${method}: the connection is over`);
      try {
        return await ask(rpc);
      } catch (error) {
        if (!(error instanceof RpcError) || attempt >= this.#options.attempts_count) throw error;
        const { retry_after_ms, isTimeout } = error;
        if (retry_after_ms === null && !isTimeout) throw error;
        const pause = backoffMs(attempt, this.#options.backoff, this.#options.random());
        if (retry_after_ms === null) await this.#pause(pause);
        else this.#quietUntil = this.#options.clock.now().ms + Math.max(pause, retry_after_ms);
      }
    }
  }

  #wait(): number {
    return this.#quietUntil - this.#options.clock.now().ms;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#pauses.delete(end);
        resolve();
      };
      const cancel = this.#options.clock.after(ms, end);
      this.#pauses.add(end);
    });
  }
}
