/** A rule that the product broke in a run; anything else that is thrown is a bug of the product, or of the simulation. */
export class Violation extends Error {}

export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Violation(what);
}
