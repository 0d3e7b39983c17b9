/** `npm start`: from a fresh checkout to a running mock-server, whose options are ours (`npm start -- --port 0 --json`). */
import { join } from "node:path";
import { checkNode, ensureBuilt, ensureInstalled, ROOT, run, say } from "./prepare.mjs";

checkNode();
await ensureInstalled();
const built = await ensureBuilt();
if (built !== 0) {
  say(`vite build failed with exit code ${built}`);
  process.exit(1);
}
process.exitCode = await run(process.execPath, [
  "--import",
  "tsx",
  join(ROOT, "mock-server", "main.ts"),
  ...process.argv.slice(2),
]);
