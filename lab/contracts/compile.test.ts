import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ARTIFACTS_PATH, compileOwnContracts } from "./compile.ts";

it("the artifacts that are kept are what the sources compile to", () => {
  expect(compileOwnContracts()).toEqual(JSON.parse(readFileSync(ARTIFACTS_PATH, "utf8")));
});
