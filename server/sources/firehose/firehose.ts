/** The firehose as a whole: one upstream, any number of consumers, and what is known of both. */
import { type Clock, systemClock } from "../../clock.ts";
import { type Account, type Consumer, FanOut } from "./fan-out.ts";
import type { Item } from "./items.ts";
import { Upstream, type UpstreamState } from "./upstream.ts";

export interface FirehoseOptions {
  /** `ws:` or `wss:`. */
  readonly url: URL;
  readonly key: string;
  /** As `T.*` or `T.SYMBOL`. */
  readonly subscriptions: readonly string[];
  readonly clock?: Clock;
  readonly random?: () => number;
  /** One line for the operator. */
  log(line: string): void;
}

export class Firehose {
  readonly #upstream: Upstream;
  readonly #fanOut: FanOut;
  #badFrames = 0;
  #stalls = 0;

  constructor(options: FirehoseOptions) {
    const { log, clock = systemClock } = options;
    const { host } = options.url;
    this.#fanOut = new FanOut({
      clock,
      onStall: ({ name, received, forwarded }, reason) => {
        if (reason !== null) this.#stalls++;
        log(
          reason === null
            ? `firehose ${host}: ${name} gets trades again`
            : `firehose ${host}: ${name} gets nothing while trades come: ${reason} (${received} received, ${forwarded} forwarded)`,
        );
      },
    });
    this.#upstream = new Upstream({
      ...options,
      clock,
      onItems: (items) => this.#take(items),
      onBadFrame: (reason) => {
        if (this.#badFrames++ === 0) log(`firehose ${host}: a frame was skipped: ${reason}`);
      },
      onState: (state, detail) => {
        if (state === "live") log(`firehose ${host}: live`);
        else if (state === "waiting") log(`firehose ${host}: ${detail}`);
      },
    });
  }

  get state(): UpstreamState {
    return this.#upstream.state;
  }

  /** Trades from upstream. */
  get received(): number {
    return this.#fanOut.received;
  }

  /** Frames that could not be read. */
  get badFrames(): number {
    return this.#badFrames;
  }

  /** How often a consumer was named as getting nothing while trades came. */
  get stalls(): number {
    return this.#stalls;
  }

  accounts(): Account[] {
    return this.#fanOut.accounts();
  }

  attach(consumer: Consumer): void {
    this.#fanOut.attach(consumer);
  }

  detach(consumer: Consumer): void {
    this.#fanOut.detach(consumer);
  }

  /** Resolves after `stop`. Rejects with CliError where the server refuses the key. */
  run(): Promise<void> {
    return this.#upstream.run();
  }

  stop(): void {
    this.#upstream.stop();
  }

  /** Items of other kinds are not what was subscribed to. */
  #take(items: readonly Item[]): void {
    this.#fanOut.push(items.filter(({ ev }) => ev === "T"));
  }
}
