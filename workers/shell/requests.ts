/**
 * The worker's GETs: details, and one at a time that nobody waits for by name: a window or a probe. A detail goes before
 * a resync in flight, which is taken back and sent again after it; a bootstrap is not taken back, for there is nothing to
 * look at before it.
 */
import type { Answer, Environment } from "./environment.ts";

export const REQUEST_LIMITS = {
  /** No whole answer within this is an error. */
  timeout_ms: 15_000,
  /** Details in flight; more are refused. */
  details_count: 8,
  /** Times that one resync makes way, so that it comes through under any use. */
  yields_count: 3,
} as const;

interface Background {
  url: string;
  /** Times that it may still make way. */
  yields: number;
  /** null while it waits for details. */
  flight: AbortController | null;
  settle: (answer: Answer | Error) => void;
}

export class Requests {
  #env: Environment;
  #details = 0;
  #background: Background | null = null;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** GETs a window or a probe, in place of the one before it. Settles with the answer or why there is none, once at most. */
  getBackground(url: string, mayYield: boolean, settle: (answer: Answer | Error) => void): void {
    this.cancelBackground();
    this.#background = { url, yields: mayYield ? REQUEST_LIMITS.yields_count : 0, flight: null, settle };
    this.#makeWay(this.#background);
  }

  cancelBackground(): void {
    this.#background?.flight?.abort();
    this.#background = null;
  }

  /** GETs a detail. Error: no answer, or too many in flight. */
  async getDetail(url: string): Promise<Answer | Error> {
    if (this.#details >= REQUEST_LIMITS.details_count) return new Error("too many details asked for at once");
    this.#details++;
    if (this.#background !== null) this.#makeWay(this.#background);
    const answer = await this.#get(url, new AbortController());
    this.#details--;
    if (this.#background !== null) this.#makeWay(this.#background);
    return answer;
  }

  /** The window waits while details are in flight, as often as it may; else it is sent. */
  #makeWay(background: Background): void {
    if (this.#details > 0 && background.yields > 0) {
      if (background.flight === null) return;
      background.yields--;
      background.flight.abort();
      background.flight = null;
    } else if (background.flight === null) {
      this.#send(background);
    }
  }

  #send(background: Background): void {
    const flight = new AbortController();
    background.flight = flight;
    void this.#get(background.url, flight).then((answer) => {
      if (this.#background !== background || background.flight !== flight) return;
      this.#background = null;
      background.settle(answer);
    });
  }

  async #get(url: string, abort: AbortController): Promise<Answer | Error> {
    let timedOut = false;
    const cancel = this.#env.after(REQUEST_LIMITS.timeout_ms, () => {
      timedOut = true;
      abort.abort();
    });
    try {
      return await this.#env.get(url, abort.signal);
    } catch (error) {
      if (timedOut) return new Error(`no answer in ${REQUEST_LIMITS.timeout_ms} ms`);
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      cancel();
    }
  }
}
