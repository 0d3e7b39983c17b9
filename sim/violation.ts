/** A rule that the product broke in a run; anything else that is thrown is a bug of the product, or of the simulation. */
export class Violation extends Error {}

/** The first of a run: it ends the run, though the product may catch it. */
export const first: { violation: Violation | null } = { violation: null };

export function demand(holds: boolean, what: string): asserts holds {
  if (holds) return;
  const violation = new Violation(what);
  first.violation ??= violation;
  throw violation;
}
