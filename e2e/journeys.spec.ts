/** What a user does with rows: order them, filter them, open one. */
import { expect, keepScreenshot, test } from "./fixtures.ts";
import { expectEqualStates } from "./server-state.ts";

test.beforeEach(async ({ replayed, dashboard }) => {
  await dashboard.open(replayed);
  await expectEqualStates(dashboard, replayed);
});

test("a click on a header orders by it, and again the other way", async ({ dashboard }) => {
  const header = dashboard.grid("transactions").getByRole("columnheader").filter({ hasText: "Nonce" });
  const nonces = async () => {
    const texts = await dashboard.column("transactions", "Nonce");
    return texts.slice(0, 15).map((text) => Number(text.replaceAll(",", "")));
  };
  await header.getByRole("button").click();
  await expect(header).toHaveAttribute("aria-sort", /ascending|descending/);
  const first = await header.getAttribute("aria-sort");
  const sign = first === "ascending" ? 1 : -1;
  await expect.poll(async () => isSorted(await nonces(), sign)).toBe(true);
  await header.getByRole("button").click();
  await expect(header).toHaveAttribute("aria-sort", first === "ascending" ? "descending" : "ascending");
  await expect.poll(async () => isSorted(await nonces(), -sign)).toBe(true);

  function isSorted(values: number[], direction: number): boolean {
    return (
      values.length > 5 && values.every((value, at) => at === 0 || direction * (value - values[at - 1]!) >= 0)
    );
  }
});

test("a filter keeps the rows that have all its words", async ({ dashboard, page }) => {
  const total = (await dashboard.contents("pool.main")).ids.length;
  await dashboard.filter("pool-events").fill("sync");
  const distinct = async (label: string) => [...new Set(await dashboard.column("pool-events", label))];
  await expect.poll(() => distinct("Kind")).toEqual(["sync"]);
  const pair = (await dashboard.column("pool-events", "Pair"))[0] ?? "";
  expect(pair).toMatch(/.+\/.+/);
  await dashboard.filter("pool-events").fill(`${pair.toLowerCase()} SYNC`);
  await expect.poll(() => distinct("Pair")).toEqual([pair]);
  expect(await distinct("Kind")).toEqual(["sync"]);
  await expect(dashboard.panel("pool-events").locator("output")).toHaveText(/ of /);
  await keepScreenshot(page, "filtered");

  await dashboard.filter("pool-events").fill("no row has this word");
  await expect(dashboard.panel("pool-events").getByText("No row matches")).toBeVisible();
  await keepScreenshot(page, "no-match");
  await dashboard.panel("pool-events").getByRole("button", { name: "Clear filter" }).click();
  await expect(dashboard.panel("pool-events").locator("output")).not.toHaveText(/ of /);
  expect((await dashboard.contents("pool.main")).ids.length).toBe(total);
});

test("a row opens with its fields at once and its transaction from the server", async ({
  dashboard,
  page,
}) => {
  const row = dashboard.rows("pool-events").nth(2);
  // Under the pointer, rows hold still.
  await row.hover();
  const id = (await row.getAttribute("data-id")) ?? "";
  await row.click();
  await expect(dashboard.drawer).toBeVisible();
  await expect(dashboard.drawer).toContainText(id);
  await expect(dashboard.drawer.getByRole("list", { name: "Life cycle" })).toBeVisible();
  await keepScreenshot(page, "drawer");
  await page.keyboard.press("Escape");
  await expect(dashboard.drawer).toBeHidden();
});

test("the keyboard walks, opens and closes", async ({ dashboard, page }) => {
  await dashboard.grid("transactions").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(dashboard.drawer).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dashboard.drawer).toBeHidden();
  await page.keyboard.press("/");
  await expect(dashboard.filter("transactions")).toBeFocused();
});

test("Escape empties a filter first, then closes the drawer", async ({ dashboard, page }) => {
  await dashboard.rows("transactions").first().click();
  await dashboard.filter("transactions").fill("swap");
  await page.keyboard.press("Escape");
  await expect(dashboard.filter("transactions")).toHaveValue("");
  await expect(dashboard.drawer).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dashboard.drawer).toBeHidden();
  await expect(dashboard.grid("transactions")).toBeFocused();
});

test("the keyboard is back in the table after the drawer, however it closed", async ({ dashboard, page }) => {
  const grid = dashboard.grid("transactions");
  await grid.focus();
  await page.keyboard.press("j");
  for (const close of ["Escape", "Enter"]) {
    await page.keyboard.press("Enter");
    await expect(dashboard.drawer).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(dashboard.drawer).toBeFocused();
    if (close === "Enter") await dashboard.drawer.getByRole("button", { name: /^Close/ }).focus();
    await page.keyboard.press(close);
    await expect(dashboard.drawer).toBeHidden();
    await expect(grid).toBeFocused();
  }
});
