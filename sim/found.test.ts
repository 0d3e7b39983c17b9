/** Seeds that once broke a rule, with what they found. A change of what a scenario draws makes another run of each. */
import "./limits.ts";
import { expect, it } from "vitest";
import { failureText } from "./report.ts";
import { run } from "./run.ts";

it.each([
  [100_146, "S14 a tab that was frozen in the handshake was closed 4003, and gave up for good"],
  [200_372, "S14 so was one whose IDENTIFY was lost, and that was frozen then"],
  [400_243, "S14 so was one that got no HELLO"],
  [
    2_029,
    "S8 a session that was closed on a link that broke before the client's answer was never cut off (by the simulation)",
  ],
])("P2 seed %i: %s", async (seed) => {
  const outcome = await run(seed);
  expect(outcome.failure === null ? "" : failureText(outcome)).toBe("");
});
