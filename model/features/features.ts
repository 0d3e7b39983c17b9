/**
 * Features: the channel feature.main, a row a transaction as it was first seen, and feature.top, a row a protocol and
 * category. What the rows of feature.top show is counted apart from the window, so what it evicts is not forgotten.
 */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import { Rates } from "../chain/rates.ts";
import type { Clock } from "../clock.ts";
import type { FoldContext } from "../context.ts";
import { Key } from "../window/key.ts";
import { Window } from "../window/window.ts";
import type { FeatureEngine } from "./engine.ts";
import {
  FEATURE,
  FEATURE_BYTES,
  groupOf,
  namesOf,
  TOP,
  TOP_BYTES,
  topRow,
  writeFeature,
} from "./feature-record.ts";

const HASH_WORDS = 8;
/** Protocol and category in one number. */
const GROUP_WORDS = 1;
/** Counted for a row's JSON text in the byte budget. */
const MAIN_JSON_BYTES = 448;
const TOP_JSON_BYTES = 320;
const SELECTOR_BYTES = 4;

const AT = OFFSET.Transaction;

export class Features {
  readonly main: Window;
  readonly top: Window;
  readonly #engine: FeatureEngine;
  readonly #clock: Clock;
  readonly #hashKey: Key;
  readonly #groupKey: Key;
  /** Of each group: transactions, of those in the last minute, and sums of their scores. */
  readonly #counts: Float64Array;
  readonly #rates: Rates;
  readonly #mevSums: Float64Array;
  readonly #urgencySums: Float64Array;

  constructor(mainCap: number, topCap: number, engine: FeatureEngine, { counter, clock, hash }: FoldContext) {
    this.#engine = engine;
    this.#clock = clock;
    this.#hashKey = new Key(HASH_WORDS, hash);
    this.#groupKey = new Key(GROUP_WORDS, hash);
    const groups = groupOf(engine.protocols.length, 0);
    this.#counts = new Float64Array(groups);
    this.#rates = new Rates(groups);
    this.#mevSums = new Float64Array(groups);
    this.#urgencySums = new Float64Array(groups);
    this.main = new Window(
      {
        name: "feature.main",
        cap: mainCap,
        keyWords: HASH_WORDS,
        recordBytes: FEATURE_BYTES,
        jsonBytes: MAIN_JSON_BYTES,
        writeId: (id, keys, from) => id.bareHexOfWords(keys, from, 4 * HASH_WORDS),
        writeRow: (row, slot, id, seq) =>
          writeFeature(row, this.main.records, slot, id, seq, engine.protocols),
      },
      counter,
    );
    this.top = new Window(
      {
        name: "feature.top",
        cap: topCap,
        keyWords: GROUP_WORDS,
        recordBytes: TOP_BYTES,
        jsonBytes: TOP_JSON_BYTES,
        writeId: (id, keys, from) => {
          const { protocol, category } = namesOf(keys[from] as number, engine.protocols);
          id.ascii(`${protocol}/${category}`);
        },
        writeRow: (row, slot, id, seq) =>
          row.value(topRow(this.top.records, slot, id.toString(), seq, engine.protocols)),
      },
      counter,
    );
  }

  /** Folds a Transaction that is seen for the first time. */
  fold(data: DataView, value: number): void {
    // feature.main may remember one that tx.main has forgotten.
    if (this.main.find(this.#hashKey.take(0, data, value + AT.hash, HASH_WORDS).seal()) >= 0) return;
    const engine = this.#engine;
    engine.classify(data, value);
    const row = this.main.insert(this.#hashKey);
    const { records } = this.main;
    records.take(row, FEATURE.chain_id, data, value + AT.chain_id, 8);
    records.take(row, FEATURE.selector, data, value + AT.method_selector, SELECTOR_BYTES);
    const hasSelector = data.getUint32(value + AT.calldata_length, true) >= SELECTOR_BYTES;
    records.setByte(row, FEATURE.has_selector, hasSelector ? 1 : 0);
    records.setByte(row, FEATURE.category, engine.category);
    records.setByte(row, FEATURE.mev, engine.mev);
    records.setByte(row, FEATURE.urgency, engine.urgency);
    records.data.setUint16(records.at(row) + FEATURE.protocol, engine.protocol, true);

    const group = groupOf(engine.protocol, engine.category);
    this.#counts[group] = (this.#counts[group] as number) + 1;
    this.#mevSums[group] = (this.#mevSums[group] as number) + engine.mev;
    this.#urgencySums[group] = (this.#urgencySums[group] as number) + engine.urgency;
    this.#rates.add(group, this.#clock.second);
    this.#groupKey.words[0] = group;
    const known = this.top.find(this.#groupKey.seal());
    if (known >= 0) this.top.change(known);
    this.#show(known >= 0 ? known : this.top.insert(this.#groupKey), group);
  }

  /** Moves the rates on: rows whose rate is another than shown change. */
  tick(): void {
    const { records } = this.top;
    // A change moves a row to the end of the order, so the last one to look at is known beforehand.
    let rows = this.top.count;
    for (let row = this.top.oldest; rows > 0; rows--) {
      const newer = this.top.newer(row);
      const group = records.data.getUint32(records.at(row) + TOP.group, true);
      if (records.getNumber(row, TOP.rate) !== this.#rates.count(group, this.#clock.second)) {
        this.top.change(row);
        this.#show(row, group);
      }
      row = newer;
    }
  }

  /** Bytes beside the rows' own. */
  get bytes(): number {
    return (
      this.#engine.bytes +
      this.#rates.bytes +
      this.#counts.byteLength +
      this.#mevSums.byteLength +
      this.#urgencySums.byteLength
    );
  }

  #show(row: number, group: number): void {
    const { records } = this.top;
    records.data.setUint32(records.at(row) + TOP.group, group, true);
    records.setNumber(row, TOP.count, this.#counts[group] as number);
    records.setNumber(row, TOP.rate, this.#rates.count(group, this.#clock.second));
    records.setNumber(row, TOP.mev_sum, this.#mevSums[group] as number);
    records.setNumber(row, TOP.urgency_sum, this.#urgencySums[group] as number);
  }
}
