import { TEXT } from "../text.ts";
import type { Term as TermName } from "./figures.ts";

/** A word that explains itself when it is pointed at or focused; the panel's head says how (`Telemetry`). */
export function Term({ name }: { name: TermName }) {
  const { label, means } = TEXT.telemetry.terms[name];
  return (
    <dfn tabIndex={0} data-term={name} aria-description={means}>
      {label}
    </dfn>
  );
}
