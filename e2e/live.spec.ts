/** The main way: rows appear, keep coming, and are the recording's. */
import { expect, keepScreenshot, test } from "./fixtures.ts";
import { type ExpectedSwap, expectedSwaps, RECORDING, recordedMessages } from "./recording.ts";
import { expectEqualStates } from "./server-state.ts";

test("rows are on screen within seconds, and keep coming", async ({ serve, dashboard, page }) => {
  const server = await serve("--recording", RECORDING);
  const start = performance.now();
  await page.goto(server.url);
  await expect(dashboard.rows("transactions").first()).toBeVisible({ timeout: 5_000 });
  await expect(dashboard.rows("pool-events").first()).toBeVisible({ timeout: 5_000 });
  test
    .info()
    .annotations.push({ type: "first rows", description: `${Math.round(performance.now() - start)} ms` });
  await dashboard.becomes("live");

  for (const name of ["transactions", "pool-events"] as const) {
    const first = await dashboard.rows(name).first().getAttribute("data-id");
    await expect(dashboard.rows(name).first()).not.toHaveAttribute("data-id", first ?? "", {
      timeout: 15_000,
    });
  }
  await dashboard.show("chains");
  await expect(dashboard.rows("chains").first()).toBeVisible();
  await dashboard.holds("pool.main", 20);
  await keepScreenshot(page, "live");
});

test("every swap's amounts are the recording's, to the last digit", async ({ replayed, dashboard }) => {
  await dashboard.open(replayed);
  await expectEqualStates(dashboard, replayed);

  const expected = expectedSwaps(recordedMessages());
  const { ids } = await dashboard.contents("pool.main");
  const wanted = ids.flatMap((id) => {
    const swap = expected.get(id);
    return swap === undefined ? [] : [[id, swap] as const];
  });
  expect(wanted.length).toBeGreaterThan(100);
  const shown = await dashboard.grid("pool-events").evaluate(readAllSwaps);
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(wanted));
});

/**
 * In the page: scrolls through the whole table and reads every swap's amounts from its cells' exact hover texts, unit
 * and grouping taken off.
 */
async function readAllSwaps(grid: HTMLElement | SVGElement): Promise<[string, ExpectedSwap][]> {
  const labels = [...grid.querySelectorAll("[role=columnheader]")].map(
    (cell) => cell.textContent?.trim() ?? "",
  );
  const at = (label: string) => labels.findIndex((text) => text.startsWith(label));
  const [kind, amountIn, amountOut] = [at("Kind"), at("In"), at("Out")] as const;
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const rowHeight = grid.querySelector("[role=row][data-id]")?.getBoundingClientRect().height ?? 0;
  const total = Number(grid.getAttribute("aria-rowcount")) - 1;
  const isDrawn = (index: number) => grid.querySelector(`[data-id][data-index="${index}"]`) !== null;
  const swaps = new Map<string, ExpectedSwap>();
  const step = Math.floor(grid.clientHeight / rowHeight) - 1;
  for (let first = 0; first < total; first += step) {
    grid.scrollTo({ top: first * rowHeight });
    const wanted = Array.from({ length: Math.min(step, total - first) }, (_, below) => first + below);
    do await nextFrame();
    while (!wanted.every(isDrawn));
    for (const row of grid.querySelectorAll<HTMLElement>("[role=row][data-id]")) {
      const cells = [...row.querySelectorAll<HTMLElement>("[role=gridcell]")];
      if (cells[kind]?.textContent !== "swap") continue;
      const exact = (column: number) => (cells[column]?.title ?? "").split(" ")[0]?.replaceAll(",", "") ?? "";
      swaps.set(row.dataset["id"] ?? "", { amount_in: exact(amountIn), amount_out: exact(amountOut) });
    }
  }
  return [...swaps];
}
