/** The server goes away and comes back: the page says so, keeps its rows, and ends with the new server's. */
import { expect, keepScreenshot, test } from "./fixtures.ts";
import { RECORDING, replayedOnce } from "./recording.ts";
import { expectEqualStates, untilSilent } from "./server-state.ts";

test.use({ tolerated: /WebSocket connection to|Failed to load resource|ERR_/ });

test("a killed server is shown, and another one in its place is taken up", async ({
  serve,
  interpose,
  dashboard,
  page,
}) => {
  const first = await serve("--recording", RECORDING, "--speed", "30");
  const proxy = await interpose(first.url);
  await dashboard.open(proxy.url);
  await dashboard.holds("tx.main", 50);
  const epoch = (await dashboard.status())?.epoch;
  const second = await serve(...replayedOnce(4));
  await first.kill();
  await dashboard.becomes("reconnecting");
  await expect(dashboard.rows("transactions").first()).toBeVisible();
  await expect(dashboard.grid("transactions")).toHaveAttribute("data-stale", "true");
  await keepScreenshot(page, "reconnecting");

  proxy.redirect(second.url);
  await dashboard.becomes("live", 30_000);
  await untilSilent(second.url);
  await expectEqualStates(dashboard, second.url);
  expect((await dashboard.status())?.epoch).not.toBe(epoch);
});

test("no server at load: the page says what it waits for, and comes up with it", async ({
  serve,
  interpose,
  dashboard,
  page,
}) => {
  const first = await serve("--recording", RECORDING);
  const proxy = await interpose(first.url);
  // The page itself still comes, the data does not.
  await page.route(/\/dashboard\//, (route) => route.abort());
  await page.goto(proxy.url);
  await dashboard.becomes("reconnecting");
  await expect(dashboard.panel("transactions").getByText("No connection")).toBeVisible();
  await keepScreenshot(page, "no-server");
  await page.unroute(/\/dashboard\//);
  await dashboard.becomes("live", 30_000);
  await expect(dashboard.rows("transactions").first()).toBeVisible();
});
