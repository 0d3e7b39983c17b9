/** Each broken end is found out within a few seeds: the simulation sees what it is there to see. */
import "./limits.ts";
import { expect, it } from "vitest";
import { MUTANTS } from "./mutants.ts";
import { run } from "./run.ts";

const SEEDS = 100;
const TIMEOUT_MS = 300_000;

it.each(Object.entries(MUTANTS))(
  "P2 is broken where %s",
  async (_, mutate) => {
    const undo = mutate();
    try {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { failure } = await run(seed);
        if (failure !== null) return;
      }
    } finally {
      undo();
    }
    expect.unreachable(`${SEEDS} seeds passed`);
  },
  TIMEOUT_MS,
);
