/**
 * Servers that stop, crash, start again or are not ready: the page says so, keeps its rows, marked stale, and ends with
 * what the server in their place holds, without a reload.
 */
import { restart, startTestServer } from "../server/testing/harness.ts";
import { bootstraps, expectRecovered, expectStaleRows, MESSAGES, SNAPSHOT, test } from "./chaos.ts";
import { expect, keepScreenshot } from "./fixtures.ts";
import { RECORDING } from "./recording.ts";
import { expectEqualStates } from "./server-state.ts";

test.use({ tolerated: /WebSocket connection to|Failed to load resource|ERR_/ });

test("S8 R6 S3 a server that shuts down says so, and another one in its place is taken up", async ({
  serve,
  stream,
  interpose,
  dashboard,
  page,
}) => {
  const first = await serve("--recording", RECORDING, "--speed", "30");
  const second = await stream(8);
  const proxy = await interpose(first.url);
  await dashboard.open(proxy.url);
  await dashboard.holds("tx.main", 50);
  const epoch = (await dashboard.status())?.epoch;
  proxy.arrivals = "hang";
  await first.stop();
  await dashboard.becomes("reconnecting");
  expect(proxy.count("down", "RECONNECT")).toBe(1);
  await expectStaleRows(dashboard);
  await dashboard.pill.hover();
  await expect(dashboard.facts).toContainText("The server is shutting down");
  await expect(dashboard.announcer).toContainText("The server is shutting down");
  await keepScreenshot(page, "draining");
  await page.mouse.move(1, 1);

  proxy.redirect(second.url);
  proxy.arrivals = "pass";
  await expectRecovered(dashboard, second.url);
  expect((await dashboard.status())?.epoch).not.toBe(epoch);
});

test("R1 R2 S8 a server that starts again in its epoch is followed on, without another snapshot", async ({
  interpose,
  dashboard,
}) => {
  let server = await startTestServer();
  try {
    server.source.push(...MESSAGES.slice(0, 2_000));
    const proxy = await interpose(server.url);
    await dashboard.open(proxy.url);
    await expectEqualStates(dashboard, server.url);
    const before = await dashboard.status();
    proxy.arrivals = "hang";
    server = await restart(server);
    await dashboard.becomes("reconnecting");
    await expectStaleRows(dashboard);
    server.source.push(...MESSAGES.slice(2_000));
    proxy.arrivals = "pass";
    await expectRecovered(dashboard, server.url);
    const after = await dashboard.status();
    expect(after?.epoch).toBe(before?.epoch);
    expect(after?.seq).toBeGreaterThan(before?.seq ?? 0);
    expect(proxy.count("up", "IDENTIFY")).toBe(1);
    expect(proxy.count("up", "RESUME")).toBe(1);
    expect(bootstraps(proxy)).toBe(1);
  } finally {
    await server.close();
  }
});

test("S11 S12 a server that crashed is tried ever later, then only looked for, until the user says now", async ({
  serve,
  stream,
  interpose,
  dashboard,
  page,
}) => {
  const first = await serve("--recording", RECORDING, "--speed", "30");
  const proxy = await interpose(first.url);
  await dashboard.open(proxy.url);
  await dashboard.holds("tx.main", 50);
  const epoch = (await dashboard.status())?.epoch;
  await first.kill();
  await dashboard.becomes(/reconnecting|unreachable/);
  await expectStaleRows(dashboard);
  await keepScreenshot(page, "reconnecting");

  await dashboard.becomes("unreachable", 30_000);
  await expectStaleRows(dashboard);
  await expect(dashboard.pill).toHaveText(/Unreachable, \d+ s/);
  await expect(page).toHaveTitle("Unreachable · mempulse");
  await expect(dashboard.announcer).toContainText("After 6 failures in a row");
  await keepScreenshot(page, "unreachable");

  const second = await stream(3);
  proxy.redirect(second.url);
  await page.getByRole("button", { name: "Try now" }).click();
  await expectRecovered(dashboard, second.url);
  expect((await dashboard.status())?.epoch).not.toBe(epoch);
  await expect(page.getByRole("button", { name: "Try now" })).toHaveCount(0);
});

test("H4 a server that is not ready is waited for as long as it asks", async ({
  replayed,
  interpose,
  dashboard,
  page,
}) => {
  const proxy = await interpose(replayed);
  proxy.http = (path) =>
    path.startsWith(SNAPSHOT) ? { status: 503, headers: { "retry-after": "20" } } : null;
  await page.goto(proxy.url);
  await expect(dashboard.pill).toHaveText(/Reconnecting in (1\d|2[01]) s/);
  const placeholder = dashboard.panel("transactions").getByText("No connection");
  await expect(placeholder).toBeVisible();
  await expect(dashboard.panel("transactions")).toContainText("HTTP 503");
  expect(bootstraps(proxy)).toBe(1);
  await keepScreenshot(page, "no-server");

  // A network that comes back, and a user who cannot wait, are not kept waiting.
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect.poll(() => bootstraps(proxy)).toBe(2);
  await expect(dashboard.pill).toHaveText(/Reconnecting in (1\d|2[01]) s/);
  proxy.http = () => null;
  await dashboard.panel("transactions").getByRole("button", { name: "Try now" }).click();
  await expectRecovered(dashboard, replayed);
  expect(bootstraps(proxy)).toBe(3);
});
