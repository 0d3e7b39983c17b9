/**
 * The network at its worst, and a page that cannot follow: the page says what is the case, keeps its rows, marked stale,
 * and ends with what the server holds, without a reload.
 */
import { Model } from "../model/model.ts";
import { CHANNEL_NAMES } from "../protocol/stream/channels.ts";
import { MessageView } from "../protocol/tlv/view.ts";
import {
  bootstraps,
  expectRecovered,
  expectStaleRows,
  HEARTBEAT_MS,
  MESSAGES,
  SNAPSHOT,
  setHidden,
  test,
} from "./chaos.ts";
import { corruptingOne, falsifying, losing, stormy, withHeartbeat } from "./faults.ts";
import { expect, keepScreenshot } from "./fixtures.ts";
import { BUSY_CHANNELS, RECORDING } from "./recording.ts";
import { untilSilent } from "./server-state.ts";
import { xorshift } from "./soak/slope.ts";

test.use({ tolerated: /WebSocket connection to|Failed to load resource|ERR_/ });

test("R1 S15 a cut connection goes on where it was, without another snapshot", async ({
  stream,
  interpose,
  dashboard,
  page,
}) => {
  const server = await stream(5);
  const proxy = await interpose(server.url);
  await dashboard.open(proxy.url);
  await dashboard.holds("tx.main", 50);
  const rows = (await dashboard.contents("tx.main")).ids.length;
  // The answer to RESUME takes its time, so that the state is seen.
  proxy.down = (message, text) =>
    "type" in message && message.type === "SNAPSHOT_ACK" ? [{ text, after_ms: 2_500 }] : [text];
  proxy.cut();
  await dashboard.becomes("resuming");
  await expectStaleRows(dashboard);
  expect((await dashboard.contents("tx.main")).ids.length).toBeGreaterThanOrEqual(rows);
  await keepScreenshot(page, "resuming");

  await expectRecovered(dashboard, server.url);
  expect(proxy.count("up", "RESUME")).toBe(1);
  expect(proxy.count("up", "IDENTIFY")).toBe(1);
  expect(bootstraps(proxy)).toBe(1);
});

test("S10 a half-open connection is found dead by its heartbeat", async ({
  stream,
  interpose,
  dashboard,
  page,
}) => {
  const server = await stream(5);
  const proxy = await interpose(server.url);
  proxy.down = withHeartbeat(HEARTBEAT_MS);
  await dashboard.open(proxy.url);
  await dashboard.holds("tx.main", 50);
  proxy.arrivals = "hang";
  proxy.stall();
  await dashboard.becomes("reconnecting");
  await expectStaleRows(dashboard);
  await keepScreenshot(page, "dead-peer");

  proxy.arrivals = "pass";
  await expectRecovered(dashboard, server.url);
  expect(proxy.count("up", "RESUME")).toBe(1);
  expect(bootstraps(proxy)).toBe(1);
});

test("O5 O8 C9 frames are dropped, doubled, reordered and delayed: all is repaired, and told", async ({
  stream,
  interpose,
  dashboard,
  page,
}) => {
  const server = await stream(6);
  const proxy = await interpose(server.url);
  const { storm, rule } = stormy(xorshift(20));
  proxy.down = withHeartbeat(HEARTBEAT_MS, rule);
  await dashboard.open(proxy.url);
  await dashboard.openStreamPanel();
  await untilSilent(server.url);
  for (const befallen of Object.values(storm)) expect(befallen).toBeGreaterThan(0);
  await expectRecovered(dashboard, server.url);

  const { gaps, duplicates, resyncs } = await page.evaluate(() => window.mempulse.counters());
  expect(gaps).toBeGreaterThan(0);
  expect(duplicates).toBeGreaterThan(0);
  expect(resyncs).toBeGreaterThan(0);
  await expect(dashboard.figure("gap")).not.toHaveText("0");
  await expect(dashboard.figure("gaps")).toHaveText(gaps.toLocaleString("en-US"));
  await expect(dashboard.panel("stream").getByRole("region", { name: "The last losses" })).toContainText(
    "link",
  );
  await keepScreenshot(page, "storm");
});

test("C9 half of the batches are lost: no channel is strangled", async ({ serve, interpose, dashboard }) => {
  const random = xorshift(50);
  const server = await serve("--recording", RECORDING, "--speed", "30");
  const proxy = await interpose(server.url);
  let lost = 0;
  proxy.down = withHeartbeat(
    500,
    losing(() => {
      const isLost = random() < 0.5;
      if (isLost) lost++;
      return isLost;
    }),
  );
  await dashboard.open(proxy.url);
  for (const [at, name] of BUSY_CHANNELS.entries()) {
    const { seq } = await dashboard.contents(name);
    await expect
      .poll(async () => (await dashboard.contents(name)).seq, { message: name, timeout: 15_000 })
      .toBeGreaterThan(seq + at);
  }
  await expect.poll(() => lost).toBeGreaterThan(20);
});

test("C9 the last batch before a silence is lost: the heartbeat tells", async ({
  stream,
  interpose,
  dashboard,
}) => {
  const model = new Model({ log_id: "expected" });
  const view = new MessageView();
  for (const bytes of MESSAGES) model.ingest(view.attach(bytes).seek(0, bytes.length));

  const server = await stream(4);
  const proxy = await interpose(server.url);
  let lost = 0;
  proxy.down = withHeartbeat(
    HEARTBEAT_MS,
    losing(({ seq }) => {
      if (seq === model.headSeq) lost++;
      return seq === model.headSeq;
    }),
  );
  await dashboard.open(proxy.url);
  await untilSilent(server.url);
  expect(lost, "batches that reach the last seq").toBeGreaterThan(0);
  await expectRecovered(dashboard, server.url);
});

test("O5 a gap pauses its own channel and no other", async ({ stream, interpose, dashboard, page }) => {
  const server = await stream(6);
  const proxy = await interpose(server.url);
  // The repair takes its time, so that the state is seen; the bootstrap does not.
  proxy.http = (path) => (path.startsWith(SNAPSHOT) && bootstraps(proxy) > 1 ? { after_ms: 2_500 } : null);
  let batches = 0;
  proxy.down = withHeartbeat(
    HEARTBEAT_MS,
    losing(({ channel }) => channel === "tx.main" && batches++ === 0),
  );
  await page.goto(proxy.url);
  await dashboard.becomes("resyncing");
  await expect(dashboard.lapse("transactions")).toHaveText(/^resyncing \d+ s$/);
  await expect(dashboard.grid("transactions")).toHaveAttribute("data-stale", "true");
  await expect(dashboard.lapse("pool-events")).toHaveCount(0);
  await expect(dashboard.grid("pool-events")).not.toHaveAttribute("data-stale");
  await keepScreenshot(page, "resyncing");
  await expectRecovered(dashboard, server.url);
  expect((await page.evaluate(() => window.mempulse.losses())).totals["tx.main"]?.gap).toBe(1);
});

test("D4 a digest that stays wrong is shown as diverged", async ({ stream, interpose, dashboard, page }) => {
  const server = await stream(6);
  const proxy = await interpose(server.url);
  proxy.down = withHeartbeat(HEARTBEAT_MS, falsifying("tx.main"));
  await page.goto(proxy.url);
  await dashboard.becomes("diverged");
  await expect(dashboard.rows("transactions").first()).toBeVisible();
  await expect(dashboard.grid("transactions")).toHaveAttribute("data-stale", "true");
  await expect(dashboard.lapse("transactions")).toHaveText(/^diverged/);
  await dashboard.pill.hover();
  await expect(dashboard.facts).toContainText("Transactions: the digest disagrees");
  await keepScreenshot(page, "diverged");
  await page.mouse.move(1, 1);

  // The next session fetches the window at once.
  proxy.down = withHeartbeat(HEARTBEAT_MS);
  proxy.cut();
  await expectRecovered(dashboard, server.url);
});

test("E11 a corrupt frame ends the connection, which goes on by RESUME", async ({
  stream,
  interpose,
  dashboard,
  page,
}) => {
  const server = await stream(5);
  const proxy = await interpose(server.url);
  proxy.down = withHeartbeat(
    HEARTBEAT_MS,
    corruptingOne(() => {
      proxy.arrivals = "hang";
    }),
  );
  await page.goto(proxy.url);
  await dashboard.becomes("reconnecting");
  await expectStaleRows(dashboard);
  await dashboard.pill.hover();
  await expect(dashboard.facts).toContainText("not a JSON object");
  await keepScreenshot(page, "corrupt");
  await page.mouse.move(1, 1);

  proxy.arrivals = "pass";
  await expectRecovered(dashboard, server.url);
  expect((await page.evaluate(() => window.mempulse.counters())).protocol_errors).toBe(1);
  expect(proxy.count("up", "RESUME")).toBe(1);
});

test("C8 a hidden page paints nothing, and its credit is a trickle", async ({
  stream,
  interpose,
  dashboard,
  page,
}) => {
  const server = await stream(8);
  const proxy = await interpose(server.url);
  await dashboard.open(proxy.url);
  await dashboard.holds("tx.main", 50);
  await setHidden(page, true);
  const newest = () => dashboard.rows("transactions").first().getAttribute("data-id");
  const began = performance.now();
  const [before, seq, shown] = [
    proxy.count("up", "CREDIT"),
    (await dashboard.contents("tx.main")).seq,
    await newest(),
  ];
  await expect.poll(async () => (await dashboard.contents("tx.main")).seq).toBeGreaterThan(seq);
  await expect.poll(() => proxy.count("up", "CREDIT") - before).toBeGreaterThanOrEqual(2);
  // One message grants for all channels; what was outstanding before may still be granted for.
  const granted = proxy.count("up", "CREDIT") - before;
  expect(granted).toBeLessThanOrEqual((performance.now() - began) / 1_000 + 1 + CHANNEL_NAMES.length);
  expect(await newest()).toBe(shown);

  await setHidden(page, false);
  await expect.poll(newest).not.toBe(shown);
  await expectRecovered(dashboard, server.url);
});

test("C10 L1 a page that cannot follow is served coalesced, is told, and catches up", async ({
  stream,
  dashboard,
  page,
}) => {
  const server = await stream(8);
  await dashboard.open(server.url);
  await dashboard.openStreamPanel();
  await page.evaluate(() => {
    const until = performance.now() + 2_500;
    while (performance.now() < until) Math.sqrt(until);
  });
  await expect(dashboard.lapse("transactions")).toHaveText("coalesced");
  await expect(dashboard.figure("rung", "tx.main")).toHaveText("coalesced");
  // Coalesced rows are the newest there are: they do not look old.
  await expect(dashboard.grid("transactions")).not.toHaveAttribute("data-stale");
  await dashboard.becomes("live");
  await keepScreenshot(page, "coalesced");

  await expect(dashboard.lapse("transactions")).toHaveCount(0, { timeout: 20_000 });
  const { totals } = await page.evaluate(() => window.mempulse.losses());
  const lost = Object.values(totals).reduce((sum, { coalesced, evicted }) => sum + coalesced + evicted, 0);
  expect(lost).toBeGreaterThan(0);
  await expect(dashboard.figure("coalesced")).not.toHaveText("0");
  await expectRecovered(dashboard, server.url);
});
