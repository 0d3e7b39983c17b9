/** A connection that is made anew, with backoff, whenever it ends. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { Backoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import { type Address, dial, formatAddress } from "./address.ts";
import { RELAY_LIMITS } from "./limits.ts";

export interface LinkOptions {
  readonly address: Address;
  readonly clock: Clock;
  /** Takes the connection; called each time that there is one. */
  connected(socket: Socket): void;
  /** It has ended. */
  lost(): void;
  /** One line for the operator, once an outage and once after it. */
  log(line: string): void;
}

export class Link {
  readonly #options: LinkOptions;
  readonly #backoff = new Backoff({
    first_ms: RELAY_LIMITS.backoff_first_ms,
    most_ms: RELAY_LIMITS.backoff_most_ms,
  });
  #socket: Socket | null = null;
  readonly #stopping = new AbortController();
  #isDown = false;
  #wake = (): void => {};

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Connects, again and again, until `stop`. */
  async run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const reason = await this.#live(signal);
      if (signal.aborted) return;
      if (!this.#isDown) this.#log(`${reason}; trying again`);
      this.#isDown = true;
      await this.#wait(this.#backoff.next());
    }
  }

  /** Cuts the connection off, as broken: another is made. */
  cut(reason: string): void {
    this.#socket?.destroy(new Error(reason));
  }

  stop(): void {
    this.#stopping.abort();
    this.#wake();
  }

  /** One connection from its beginning to its end; why it ended. */
  async #live(signal: AbortSignal): Promise<string> {
    const { address, clock, connected, lost } = this.#options;
    let socket: Socket;
    try {
      socket = await dial(address, clock, signal);
    } catch (error) {
      return (error as Error).message;
    }
    this.#socket = socket;
    const began_ms = clock.now().ms;
    if (this.#isDown) this.#log("connected again");
    this.#isDown = false;
    let reason = "the connection ended";
    socket.on("error", (error) => {
      reason = error.message;
    });
    const closed = once(socket, "close");
    connected(socket);
    await closed.catch(() => {});
    this.#socket = null;
    lost();
    // One that was cut off at once proves nothing.
    if (clock.now().ms - began_ms >= RELAY_LIMITS.keep_alive_ms) this.#backoff.reset();
    return reason;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #log(line: string): void {
    this.#options.log(`${formatAddress(this.#options.address)}: ${line}`);
  }
}
