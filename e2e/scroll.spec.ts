/** A full window of 5,000 rows under the wheel and the scrollbar, while the stream goes on. */

import { coverageSince, watchCoverage } from "./coverage.ts";
import { expect, test } from "./fixtures.ts";
import { RECORDING } from "./recording.ts";

test("5,000 rows scroll without a blank", async ({ serve, dashboard, page }) => {
  const server = await serve("--recording", RECORDING, "--rate", "600");
  await dashboard.open(server.url);
  await dashboard.holds("tx.main", 5_000, 40_000);
  const grid = dashboard.grid("transactions");
  await grid.hover();
  await watchCoverage(grid);

  for (let turn = 0; turn < 60; turn++) {
    await page.mouse.wheel(0, turn < 40 ? 400 : -400);
    await page.waitForTimeout(16);
  }
  const wheel = await coverageSince(grid);
  expect(wheel.frames).toBeGreaterThan(30);
  expect(wheel.distance).toBeGreaterThan(15_000);
  expect(wheel.uncovered, "frames with a hole between or below rows").toBe(0);
  expect(wheel.unread, "frames with a row without text").toBe(0);

  // The thumb, from top to bottom and back: every frame shows another part of the window.
  await grid.evaluate((element) => element.scrollTo({ top: 0 }));
  const box = await grid.boundingBox();
  if (box === null) throw new Error("the table has no box");
  const x = box.x + box.width - 5;
  await coverageSince(grid);
  await page.mouse.move(x, box.y + 16);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height - 10, { steps: 40 });
  await page.mouse.move(x, box.y + 20, { steps: 40 });
  await page.mouse.up();
  const drag = await coverageSince(grid);
  test.info().annotations.push({ type: "scroll", description: JSON.stringify({ wheel, drag }) });
  expect(drag.distance, "the thumb moved the table").toBeGreaterThan(50_000);
  expect(drag.uncovered, "frames with a hole between or below rows").toBe(0);
  // A jump of thousands of rows shows their places until the worker has answered: soon, whatever else the machine does.
  expect(drag.longestWait_ms, "how long a row stood without text").toBeLessThanOrEqual(1_000);
});

test("a narrow panel draws the columns on the screen, and the last ones once it is scrolled there", async ({
  replayed,
  dashboard,
  page,
}) => {
  await page.setViewportSize({ width: 1024, height: 700 });
  await dashboard.open(replayed);
  const grid = dashboard.grid("transactions");
  const headers = await grid.getByRole("columnheader").count();
  const cells = grid.locator("[role=row][data-id]").first().getByRole("gridcell");
  await expect(cells.first()).toBeVisible();
  expect(await cells.count()).toBeLessThan(headers);

  await grid.evaluate((element) => element.scrollTo({ left: element.scrollWidth }));
  await expect(cells).toHaveCount(headers);
  const last = await cells.last().boundingBox();
  const header = await grid.getByRole("columnheader").last().boundingBox();
  expect(last?.x).toBeCloseTo(header?.x ?? Number.NaN, 0);
  expect(last?.width).toBeCloseTo(header?.width ?? Number.NaN, 0);
});
