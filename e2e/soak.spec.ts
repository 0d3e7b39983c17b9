import { CHANNEL_NAMES } from "../protocol/stream/channels.ts";
/** Memory and long tasks of the page under a stream that does not stop. */
import { expect, keepScreenshot, test } from "./fixtures.ts";
import { RECORDING } from "./recording.ts";

import { installPageProbe, openDetails } from "./soak/page-probe.ts";
import { soak } from "./soak/soak.ts";
import { longestTask } from "./soak/tasks.ts";
import { judge } from "./soak/verdict.ts";
import { fullness } from "./soak/windows.ts";

/** Slopes are per hour of 20 tx/s; the soak runs at 12 times that. */
const NOMINAL_RATE = 20;
const SPEED = 12;
/** Four minutes with the time to fill the windows, and to settle: compiled code goes on growing for a while. */
const SOAK = { readings: 45, interval_ms: 2_000, settle_ms: 90_000, speed: SPEED };
const TWIN = { readings: 15, interval_ms: 1_000, settle_ms: 0, speed: SPEED };
const LONGEST_TASK_MS = 100;

test("no task over 100 ms at 20 tx/s once it has loaded", async ({ serve, dashboard, page }) => {
  const server = await serve("--recording", RECORDING, "--rate", String(NOMINAL_RATE));
  await dashboard.open(server.url);
  await dashboard.holds("tx.main", 50);
  const calm = await longestTask(page, () => page.waitForTimeout(10_000));
  test.info().annotations.push({ type: "longest task", description: JSON.stringify(calm) });
  expect(calm.tasks).toBeGreaterThan(100);
  expect(calm.cpu_ms).toBeLessThanOrEqual(LONGEST_TASK_MS);

  // A page that blocks must not pass. The first time may be over before the renderer has heard of the trace.
  const blocked = await longestTask(page, async () => {
    for (let turn = 0; turn < 3; turn++) {
      await page.evaluate(() => {
        for (let start = performance.now(); performance.now() - start < 600; );
      });
    }
  });
  expect(blocked.cpu_ms).toBeGreaterThan(LONGEST_TASK_MS);
});

test("what the soak opens, the page has to ask for", async ({ replayed, interpose, dashboard, page }) => {
  const proxy = await interpose(replayed);
  await installPageProbe(page);
  await dashboard.open(proxy.url);
  await dashboard.holds("tx.main", 50);
  for (let times = 1; times <= 6; times++) {
    const { outcome } = await openDetails(page, times % 2 === 0 ? "transactions" : "pool-events");
    expect(outcome).toBe("found");
    expect(proxy.requests.filter((path) => path.startsWith("/transactions/"))).toHaveLength(times);
  }
});

test("heap, nodes and listeners are flat at 12 times the rate, and a leak is caught", async ({
  serve,
  dashboard,
  page,
}) => {
  // Four minutes on a calm machine.
  test.setTimeout(600_000);
  const server = await serve("--recording", RECORDING, "--rate", String(NOMINAL_RATE * SPEED));
  await installPageProbe(page);
  await dashboard.open(server.url);
  await expect.poll(() => fullness(server.url), { timeout: 90_000, intervals: [500] }).toBe(1);

  const run = await soak(dashboard, server.url, SOAK);
  const verdict = judge(run);
  await keepScreenshot(page, "soaked");
  await test.info().attach("soak.json", {
    contentType: "application/json",
    body: JSON.stringify({ verdict, run }),
  });
  console.log(verdict.rows.map(({ figure, measured }) => `soak: ${figure}: ${measured}`).join("\n"));
  expect(run.workers).toBe(1);
  expect(run.troubles).toEqual([]);
  expect(run.readings.length).toBe(SOAK.readings);
  expect(run.openings.length, "rows opened").toBeGreaterThan(SOAK.readings);
  expect(run.digests.length).toBe(CHANNEL_NAMES.length);
  expect(verdict.failures).toEqual([]);

  // The twin: this very page with a leak in page and worker must not pass.
  const leak = () => {
    const kept: number[][] = [];
    setInterval(() => kept.push(new Array<number>(500).fill(Math.PI)), 50);
  };
  await page.evaluate(leak);
  await page.workers()[0]?.evaluate(leak);
  const leaking = judge(await soak(dashboard, server.url, TWIN));
  expect(leaking.failures.join("\n")).toMatch(/^page heap, slope.*\nworker heap, slope/m);
});
