/** A worker that follows a small server with one view of its transactions open: what most tests of the shell begin with. */
import type { ViewSpec } from "../api.ts";
import { tx } from "./rows.ts";
import { World } from "./world.ts";

export const OPTIONS = {
  channels: {},
  most_entities: 10,
  heartbeat_interval_ms: 15_000,
};
const SPEC: ViewSpec = { channel: "tx.main", columns: ["hash"], sort: null, filter: "" };

/** Live, its page painting; frames are those since. */
export async function liveWorld(): Promise<World> {
  const world = new World(1, OPTIONS);
  world.start();
  world.worker.openView("v", SPEC);
  await world.clock.run(2000);
  world.frames.length = 0;
  return world;
}

/** Changes a transaction at the server. */
export function put(world: World, id: string): void {
  world.server.put("tx.main", tx({ id }));
}

/** Ids of the view's rows in each frame that has them. */
export function rowsOf(world: World): string[][] {
  return world.frames.flatMap(({ views }) => views).map(({ rows }) => rows.map(({ id }) => id));
}
