/** Seeds that once broke a rule, with what they found. */
import "./limits.ts";
import { expect, it } from "vitest";
import { failureText } from "./report.ts";
import { run } from "./run.ts";

it.each([[5072, "a page whose worker failed while hidden, twice in a row, was loaded anew once only"]])(
  "P2 seed %i: %s",
  async (seed) => {
    const outcome = await run(seed);
    expect(outcome.failure === null ? "" : failureText(outcome)).toBe("");
  },
);
