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
  /** One line for the operator, once an outage and once after it: when a connection has held for a while. */
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
  /** The end of a connection was told, and none since has proved itself. */
  #isDown = false;
  /** The peer's own on why it ends this connection; it counts more than how the socket ends. */
  #lastWord: string | null = null;
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

  /** The peer has said why it will end the connection. */
  explain(reason: string): void {
    this.#lastWord = reason;
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
    this.#lastWord = null;
    let reason = "the connection ended";
    socket.on("error", (error) => {
      reason = error.message;
    });
    // One that is cut off at once proves nothing.
    const cancelProof = clock.after(RELAY_LIMITS.keep_alive_ms, () => this.#prove());
    const closed = once(socket, "close");
    connected(socket);
    await closed.catch(() => {});
    cancelProof();
    this.#socket = null;
    lost();
    return this.#lastWord ?? reason;
  }

  #prove(): void {
    this.#backoff.reset();
    if (this.#isDown) this.#log("connected again");
    this.#isDown = false;
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
