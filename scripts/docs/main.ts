/** Writes the generated pages: `node --import tsx scripts/docs/main.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PAGES } from "./pages.ts";

for (const [path, page] of Object.entries(PAGES))
  writeFileSync(join(import.meta.dirname, "../..", path), page());
