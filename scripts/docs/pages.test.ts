import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PAGES } from "./pages.ts";

it.each(Object.entries(PAGES))("%s is what scripts/docs/main.ts writes", (path, page) => {
  expect(readFileSync(join(import.meta.dirname, "../..", path), "utf8")).toBe(page());
});
