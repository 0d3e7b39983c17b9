/** Markets: bars of every symbol at every interval, and market.main. */
import { BARS, parseBarsChannel } from "../../protocol/stream/channels.ts";
import type { Channel } from "../channel.ts";
import type { FoldContext } from "../context.ts";
import type { SeqCounter } from "../window/seq-ring.ts";
import type { Window } from "../window/window.ts";
import { BarsChannel } from "./bars-channel.ts";
import { Symbols } from "./symbols.ts";

export class Markets {
  readonly #symbols: Symbols;
  readonly #counter: SeqCounter;

  constructor(cap: number, context: FoldContext) {
    this.#counter = context.counter;
    this.#symbols = new Symbols(cap, context, () => {});
  }

  /** market.main. */
  get window(): Window {
    return this.#symbols.window;
  }

  /** The channel of this name: empty while its symbol is not known. null: the name of no channel of bars. */
  channel(name: string): Channel | null {
    const about = parseBarsChannel(name);
    return about === null ? null : new BarsChannel(about.symbol, about.interval, BARS.cap, this.#counter);
  }
}
