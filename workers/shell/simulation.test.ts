/**
 * The worker against a reference server over a bad link, in virtual time, from a seed. Whatever happened on the way, once
 * the stream is quiet and the link is whole, the worker holds what the server holds and every channel still flows.
 */
import { expect, it } from "vitest";
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { ReferenceServer } from "../testing/reference-server.ts";
import { type Faults, NO_FAULTS, World } from "../testing/world.ts";

const OPTIONS = {
  channels: { "tx.main": 40, "pool.main": 25, "pool.state": 10, "chain.main": 4 },
  most_entities: 8,
  heartbeat_interval_ms: 15_000,
};
const CHANNELS = Object.keys(OPTIONS.channels) as ChannelName[];
const BAD: Faults = { drop: 0.05, double: 0.05, late: 0.05, late_ms: 400, get: 0.2 };

function change(world: World, ids: Record<string, number>): void {
  const name = CHANNELS[world.random.below(CHANNELS.length)]!;
  const id = `${name}-${world.random.below(ids[name]!)}`;
  if (world.random.chance(0.1)) world.server.remove(name, id);
  else world.server.put(name, { id });
}

/** Ids a channel: some windows overflow and evict, some never fill. */
const IDS = { "tx.main": 400, "pool.main": 30, "pool.state": 12, "chain.main": 3 };

/** Changes for `span_ms` at about `per_s`. */
async function traffic(world: World, span_ms: number, per_s: number): Promise<void> {
  const end = world.clock.now + span_ms;
  while (world.clock.now < end) {
    change(world, IDS);
    await world.clock.run(world.random.next() * (2000 / per_s));
  }
}

function expectEqual(world: World, server: ReferenceServer, label: string): void {
  for (const [name, channel] of server.channels) {
    const { ids, digest } = world.worker.contents(name);
    expect(digest, `${label}: digest of ${name}`).toBe(channel.digest());
    expect(ids, `${label}: ids of ${name}`).toEqual(channel.rows.map(({ id }) => id));
  }
}

/** A later change of each channel arrives soon: none is without credit. */
async function expectFlowing(world: World, label: string): Promise<void> {
  expect(world.frames.at(-1)!.status.connection, label).toEqual({ state: "live" });
  for (const name of CHANNELS) world.server.put(name, { id: `${name}-last` });
  await world.clock.run(1000);
  expectEqual(world, world.server, `${label}, last change`);
}

async function simulate(seed: number, faults: Faults): Promise<World> {
  const world = new World(seed, OPTIONS);
  for (let i = 0; i < 100; i++) change(world, IDS);
  world.start();
  await world.clock.run(500);
  world.faults = faults;
  for (let phase = 0; phase < 6; phase++) {
    await traffic(world, 4000, world.random.chance(0.3) ? 300 : 20);
    if (faults === BAD && world.random.chance(0.3)) world.cut();
    if (faults === BAD && world.random.chance(0.15)) world.server.changeEpoch(`e-${phase}`);
    // The last frames before a silence are all lost.
    world.faults = { ...faults, drop: 1 };
    await world.clock.run(300);
    world.faults = faults;
    await world.clock.run(world.random.below(20_000));
  }
  world.faults = NO_FAULTS;
  await world.clock.run(90_000);
  expectEqual(world, world.server, `seed ${seed}`);
  await expectFlowing(world, `seed ${seed}`);
  return world;
}

const SEEDS = Number(process.env.MEMPULSE_SIMULATIONS ?? 20);

it(`equals the server after any of ${SEEDS} bad links`, async () => {
  const total = { dropped: 0, doubled: 0, late: 0, failed_gets: 0, cuts: 0, gaps: 0, duplicates: 0, lost: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = await simulate(seed, BAD);
    const { gaps, duplicates, frames_lost } = world.worker.counters();
    total.gaps += gaps;
    total.duplicates += duplicates;
    total.lost += frames_lost;
    for (const [what, times] of Object.entries(world.happened))
      total[what as keyof typeof world.happened] += times;
  }
  // None of it was vacuous.
  for (const [what, times] of Object.entries(total)) expect(times, what).toBeGreaterThan(SEEDS / 4);
});
