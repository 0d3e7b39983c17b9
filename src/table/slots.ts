/** Which of a table's row elements draws which row. */

/** Share of new rows from which on elements are given other rows where they stand. */
const TURNED_OVER = 0.5;

/**
 * Gives each row on the screen the key of an element. A row that was drawn before keeps its element, so that rows only
 * move. Where most are new, as at ten thousand rows a second or in a fast scroll, each place keeps its element instead:
 * other text for an element costs less than a new one.
 */
export class Slots {
  /** By the row's id, in the order of the screen. */
  #keys: ReadonlyMap<string, number> = new Map();

  /** The keys of the rows that are drawn now, in their order, each id once. Asked again for the same, it says the same. */
  assign(ids: readonly string[]): ReadonlyMap<string, number> {
    const before = this.#keys;
    const places = [...before.values()];
    const fresh = ids.filter((id) => !before.has(id)).length;
    const inPlace = fresh > ids.length * TURNED_OVER;
    let next = 1 + Math.max(0, ...places);
    this.#keys = new Map(ids.map((id, at) => [id, (inPlace ? places[at] : before.get(id)) ?? next++]));
    return this.#keys;
  }
}
