/**
 * A producer as a process: `producer.ts ADDRESS DOMAIN COUNT` writes messages 1 to COUNT, in many small writes and some
 * bursts, says "done" when all were taken, and stays.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseAddress } from "../address.ts";
import { RELAY_DOMAINS, type RelayDomain } from "../domain.ts";
import { Outlet } from "../outlet.ts";
import { numbered } from "./messages.ts";

const BURST_EVERY = 200;
const BURST = 100;

const [, , address = "", name, total] = process.argv;
const domain = RELAY_DOMAINS.find((each): each is RelayDomain => each === name);
if (domain === undefined) throw new Error(`no domain ${name}`);

const outlet = new Outlet({ address: parseAddress(address, "ADDRESS"), domain, source: 4, log: () => {} });
for (let n = 1; n <= Number(total); n++) {
  outlet.push(numbered(n, { domain, bytes: 8 + (n % 50) }));
  if (n % BURST_EVERY > BURST) await sleep(1);
}
while (outlet.counts().held > 0) await sleep(5);
process.stdout.write("done\n");
