/**
 * The worker's GETs. A detail that somebody waits for goes before a resync in flight, which is taken back and sent again
 * after it; a bootstrap is not taken back, for there is nothing to look at before it.
 */
import type { Answer, Environment } from "./environment.ts";

export const REQUEST_LIMITS = {
  timeout_ms: 15_000,
  /** Details in flight; more are refused. */
  details_count: 8,
  /** Times that one resync makes way, so that it comes through under any use. */
  yields_count: 3,
} as const;

interface Window {
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
  #window: Window | null = null;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** GETs windows, one GET at a time. Settles with the answer or why there is none; never after `cancelWindow`. */
  getWindow(url: string, mayYield: boolean, settle: (answer: Answer | Error) => void): void {
    this.cancelWindow();
    this.#window = { url, yields: mayYield ? REQUEST_LIMITS.yields_count : 0, flight: null, settle };
    this.#makeWay(this.#window);
  }

  cancelWindow(): void {
    this.#window?.flight?.abort();
    this.#window = null;
  }

  /** GETs a detail. Error: no answer, or too many in flight. */
  async getDetail(url: string): Promise<Answer | Error> {
    if (this.#details >= REQUEST_LIMITS.details_count) return new Error("too many details asked for at once");
    this.#details++;
    if (this.#window !== null) this.#makeWay(this.#window);
    const answer = await this.#get(url, new AbortController());
    this.#details--;
    if (this.#window !== null) this.#makeWay(this.#window);
    return answer;
  }

  /** The window waits while details are in flight, as often as it may; else it is sent. */
  #makeWay(window: Window): void {
    if (this.#details > 0 && window.yields > 0) {
      if (window.flight === null) return;
      window.yields--;
      window.flight.abort();
      window.flight = null;
    } else if (window.flight === null) {
      this.#send(window);
    }
  }

  #send(window: Window): void {
    const flight = new AbortController();
    window.flight = flight;
    void this.#get(window.url, flight).then((answer) => {
      if (this.#window !== window || window.flight !== flight) return;
      this.#window = null;
      window.settle(answer);
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
