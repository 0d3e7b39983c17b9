/** Each panel shows what the recording holds, opens a row, and can be read by everybody. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, keepScreenshot, test } from "./fixtures.ts";

/** A column of each panel, and what its cells must look like. */
const SHOWN = {
  pools: ["TVL $", /^[0-9,]+\.[0-9]{2}$/],
  opportunities: ["Net $", /^[0-9,]+\.[0-9]{2}$/],
  features: ["MEV", /^[0-9]{1,3}$/],
  "top-features": ["Count", /^[0-9,]+$/],
  chains: ["Block every", /^[0-9.]+ s$/],
  market: ["Last", /^≈?[0-9,.]+$/],
} as const;

test.use({ viewport: { width: 1366, height: 768 } });

for (const [panel, [column, looks]] of Object.entries(SHOWN)) {
  const name = panel as keyof typeof SHOWN;
  test(`${name} shows rows, opens one, and has no violation`, async ({ replayed, dashboard, page }) => {
    await dashboard.open(replayed);
    await dashboard.show(name);
    await expect(dashboard.rows(name).first()).toBeVisible();
    const values = await dashboard.column(name, column);
    expect(values.filter((value) => looks.test(value)).length, values.join(" ")).toBeGreaterThan(0);

    const grid = dashboard.grid(name);
    await grid.focus();
    await page.keyboard.press("Home");
    // In Market the first symbol is picked already: what is picked opens.
    await page.keyboard.press("Enter");
    await expect(dashboard.drawer).toBeVisible();
    await expect(dashboard.drawer.getByRole("term").first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page })
      .include(`[data-panel="${name}"]`)
      .include("#details")
      .analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual(
      [],
    );
    await keepScreenshot(page, `panel-${name}`);
    await page.keyboard.press("Escape");
    await expect(dashboard.drawer).toBeHidden();
  });
}

test("an opportunity says why it has its score", async ({ replayed, dashboard }) => {
  await dashboard.open(replayed);
  await dashboard.rows("opportunities").first().click();
  const reasons = dashboard.drawer.locator("dd", { has: dashboard.page.locator("ul") }).first();
  await expect(reasons.getByRole("listitem").first()).toHaveText(/.+/);
});

test("tabs are walked by the keyboard and keep what was chosen", async ({ replayed, dashboard, page }) => {
  await dashboard.open(replayed);
  await dashboard.filter("transactions").fill("swap");
  await page.getByRole("tab", { name: "Transactions", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Features", exact: true })).toBeFocused();
  await expect(dashboard.panel("features")).toBeVisible();
  await page.keyboard.press("ArrowLeft");
  await expect(dashboard.filter("transactions")).toHaveValue("swap");
});
