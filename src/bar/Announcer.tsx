import { useEffect, useState } from "react";
import { useStatusAt } from "../stores/statusAt.ts";
import { explain, pillState, stateName } from "./connection.ts";

/** A state that has held for so long is told: a gap repaired in a moment is not worth an interruption. */
const SETTLED_MS = 700;

/** Tells a screen reader of each state, once, politely; never of countdowns or rows. */
export function Announcer() {
  const said = useStatusAt((status, now) => `${stateName(pillState(status, now))}. ${explain(status, now)}`);
  const [told, setTold] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setTold(said), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <p role="status" aria-live="polite" className="sr-only" data-testid="announcer">
      {told}
    </p>
  );
}
