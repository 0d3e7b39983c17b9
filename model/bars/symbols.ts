/** Symbols by name: the channel market.main. A symbol's row has the slot that all else of the symbol goes by. */
import type { FoldContext } from "../context.ts";
import { Key } from "../window/key.ts";
import { Window } from "../window/window.ts";
import {
  MARKET_BYTES,
  NAME_WORDS,
  type SymbolFacts,
  writeMarket,
  writeName,
  writeSymbol,
} from "./market-record.ts";

/** Counted for a row's JSON text in the byte budget. */
const JSON_BYTES = 1_280;

export class Symbols {
  readonly window: Window;
  /** Raised when a slot's symbol goes. */
  readonly generations: Float64Array;
  readonly #facts: SymbolFacts[] = [];
  readonly #key: Key;

  /** `onDrop` is called with the slot of a symbol that is evicted, while it still stands. */
  constructor(cap: number, { counter, hash }: FoldContext, onDrop: (symbol: number) => void) {
    this.generations = new Float64Array(cap);
    this.#key = new Key(NAME_WORDS, hash);
    this.window = new Window(
      {
        name: "market.main",
        cap,
        keyWords: NAME_WORDS,
        recordBytes: MARKET_BYTES,
        jsonBytes: JSON_BYTES,
        writeId: writeSymbol,
        writeRow: (row, slot, id, seq) =>
          writeMarket(row, this.window.records, slot, id, seq, this.factsOf(slot)),
        onEvict: (slot) => {
          this.#raise(slot);
          onDrop(slot);
        },
      },
      counter,
    );
  }

  /** Bytes beside the window's. */
  get bytes(): number {
    return this.generations.byteLength;
  }

  /** Slot of the symbol of this name, which has 96 characters at most; -1 where it is not known. */
  find(name: string): number {
    writeName(name, this.#key.words);
    return this.window.find(this.#key.seal());
  }

  /** A new symbol of a name that is not known: its slot. The caller fills its record. */
  add(name: string, facts: SymbolFacts): number {
    writeName(name, this.#key.words);
    const slot = this.window.insert(this.#key.seal());
    this.#facts[slot] = facts;
    return slot;
  }

  /** Removes a symbol by its own doing. */
  remove(symbol: number): void {
    this.#raise(symbol);
    this.window.remove(symbol);
  }

  factsOf(symbol: number): SymbolFacts {
    return this.#facts[symbol] as SymbolFacts;
  }

  /** Shows a symbol under another title: a change of its row. */
  retitle(symbol: number, title: string): void {
    this.#facts[symbol] = { ...this.factsOf(symbol), title };
    this.window.change(symbol);
  }

  #raise(symbol: number): void {
    this.generations[symbol] = (this.generations[symbol] as number) + 1;
  }
}
