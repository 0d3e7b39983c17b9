/** The chart of the Market panel: it draws what the worker holds, follows, and stays where the user has put it. */
import type { Page } from "@playwright/test";
import { BARS, type BarInterval, type BarsChannel } from "../protocol/stream/channels.ts";
import type { Dashboard } from "./dashboard.ts";
import { expect, keepScreenshot, test } from "./fixtures.ts";
import { RECORDING } from "./recording.ts";

test("draws candles, follows, and switches symbol and interval", async ({ serve, dashboard, page }) => {
  const server = await serve("--recording", RECORDING, "--speed", "20");
  await dashboard.open(server.url);
  await dashboard.holds("market.main", 4);
  await expectPainted(page, 50);
  const before = await drawnBars(page);
  await expect.poll(() => drawnBars(page), { timeout: 15_000 }).toBeGreaterThan(before);

  const second = dashboard.rows("market").nth(1);
  const symbol = (await second.getAttribute("data-id")) ?? "";
  await second.click();
  await expect(page.getByTestId("candles")).toHaveAccessibleName(`Bars of ${symbol}, 5s`);
  await expectDrawn(dashboard, page, `market.bars:${symbol}:5s`);

  for (const interval of ["500ms", "1m"] satisfies BarInterval[]) {
    await page.getByRole("radio", { name: interval }).check({ force: true });
    await expect(page.getByTestId("candles")).toHaveAccessibleName(`Bars of ${symbol}, ${interval}`);
    await expectDrawn(dashboard, page, `market.bars:${symbol}:${interval}`);
  }
  await keepScreenshot(page, "chart");

  await page.getByRole("button", { name: "Table", exact: true }).click();
  await expect(dashboard.rows("bars").first()).toBeVisible();
  expect((await dashboard.column("bars", "Close"))[0]).toMatch(/^≈?[0-9,.]+$/);
});

test("stays where the user has put it until the user goes back", async ({ serve, dashboard, page }) => {
  const server = await serve("--recording", RECORDING, "--speed", "30");
  await dashboard.open(server.url);
  await expect.poll(() => drawnBars(page), { timeout: 15_000 }).toBeGreaterThan(10);
  const newest = page.getByRole("button", { name: "To the newest" });
  await expect(newest).toHaveCount(0);
  await page.getByTestId("candles").focus();
  for (let steps = 0; steps < 4; steps++) await page.keyboard.press("ArrowLeft");
  await expect(newest).toBeVisible();
  const bars = await drawnBars(page);
  await expect.poll(() => drawnBars(page), { timeout: 15_000 }).toBeGreaterThan(bars);
  await expect(newest).toBeVisible();
  await newest.click();
  await expect(newest).toHaveCount(0);
});

test("takes the theme's colours, adds no style, and leaves nothing behind", async ({
  replayed,
  dashboard,
  page,
}) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await dashboard.open(replayed);
  await expectPainted(page, 50);
  await page.emulateMedia({ colorScheme: "light" });
  await expectPainted(page, 50);
  expect(await page.locator("style").count()).toBe(0);

  const canvases = await page.locator("canvas").count();
  await page.setViewportSize({ width: 390, height: 844 });
  for (let times = 0; times < 5; times++) {
    for (const name of ["Pools", "Market"]) await page.getByRole("tab", { name, exact: true }).click();
    await expectPainted(page, 50);
  }
  expect(await page.locator("canvas").count()).toBe(canvases);
});

test.describe("without a server", () => {
  test.use({ tolerated: /WebSocket connection to|Failed to load resource|ERR_/ });

  test("a full window stands as it would if it were drawn whole", async ({ serve, dashboard, page }) => {
    const server = await serve("--recording", RECORDING, "--speed", "150");
    await dashboard.open(server.url);
    await dashboard.holds("market.main", 4);
    await page.getByRole("radio", { name: "500ms" }).check({ force: true });
    const symbol = await dashboard.panel("market").locator("[aria-selected=true]").getAttribute("data-id");
    const channel: BarsChannel = `market.bars:${symbol}:500ms`;
    await dashboard.holds(channel, BARS.cap, 60_000);
    // So that the oldest have gone, one after the other.
    const { ids } = await dashboard.contents(channel);
    await expect
      .poll(async () => (await dashboard.contents(channel)).ids.includes(ids[20]!), { timeout: 30_000 })
      .toBe(false);
    await server.kill();
    await dashboard.becomes(/reconnecting|unreachable/);
    await expectDrawn(dashboard, page, channel);
    await toOldest(page);
    const amended = await painted(page);
    const table = page.getByRole("button", { name: "Table", exact: true });
    await table.click();
    await expect(page.getByTestId("candles")).toBeHidden();
    await table.click();
    await expectDrawn(dashboard, page, channel);
    await toOldest(page);
    await expect.poll(() => painted(page)).toEqual(amended);
  });
});

for (const [width, height] of [
  [1024, 768],
  [768, 1024],
  [390, 844],
] as const) {
  test(`says at ${width} px which symbol it draws`, async ({ replayed, dashboard, page }) => {
    await page.setViewportSize({ width, height });
    await dashboard.open(replayed);
    await dashboard.show("market");
    await expectPainted(page, 20);
    const heading = dashboard.panel("market").getByRole("heading", { level: 3 });
    for (const row of await dashboard.rows("market").all()) {
      // One that is picked would open.
      if ((await row.getAttribute("aria-selected")) === "false") await row.click();
      await expect(heading).toHaveText((await row.getAttribute("data-id"))!.split("@")[0]!);
      const { wanted, given } = await heading.evaluate(({ scrollWidth, clientWidth }) => ({
        wanted: scrollWidth,
        given: clientWidth,
      }));
      expect(given).toBeGreaterThanOrEqual(wanted);
    }
    await keepScreenshot(page, `market-${width}`);
  });
}

/** The oldest bar comes into sight, and what is before it. */
async function toOldest(page: Page): Promise<void> {
  await page.getByTestId("candles").focus();
  for (const key of ["Home", "ArrowLeft", "ArrowLeft"]) {
    await page.keyboard.press(key);
    // The chart moves in its next frame.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }
}

/** Bars that the chart says it has drawn. */
async function drawnBars(page: Page): Promise<number> {
  return Number((await page.getByTestId("candles").getAttribute("data-bars")) ?? 0);
}

/** The chart has the bars that the worker has, and candles are to be seen. */
async function expectDrawn(dashboard: Dashboard, page: Page, channel: BarsChannel): Promise<void> {
  await expect
    .poll(async () => {
      const { ids } = await dashboard.contents(channel);
      return ids.length > 0 && ids.length === (await drawnBars(page));
    })
    .toBe(true);
  await expectPainted(page, 20);
}

async function expectPainted(page: Page, pixels: number): Promise<void> {
  await expect.poll(async () => (await painted(page)).length).toBeGreaterThan(pixels);
}

/** Places of the pixels in the theme's colours of bars that rose or fell. */
function painted(page: Page): Promise<number[]> {
  return page.getByTestId("candles").evaluate((element) => {
    const colourOf = (token: string) => {
      element.style.color = `var(${token})`;
      const [r = 0, g = 0, b = 0] = getComputedStyle(element).color.match(/\d+/g)?.map(Number) ?? [];
      return (r << 16) | (g << 8) | b;
    };
    const [good, bad] = [colourOf("--good"), colourOf("--bad")];
    element.style.color = "";
    const places: number[] = [];
    for (const canvas of element.querySelectorAll("canvas")) {
      const { width, height } = canvas;
      if (width === 0 || height === 0) continue;
      // Read from a copy: one that is read often is kept off the fast path.
      const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      for (let at = 0; at < data.length; at += 4) {
        const colour = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
        if (colour === good || colour === bad) places.push(at);
      }
    }
    return places;
  });
}
