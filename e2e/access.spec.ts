/** Can it be read by everybody: axe on the real page, dark and light, wide and narrow. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, keepScreenshot, test } from "./fixtures.ts";

const SIZES = {
  wide: { width: 1366, height: 768 },
  phone: { width: 390, height: 844 },
};

for (const colorScheme of ["dark", "light"] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`no violation, ${colorScheme}, ${size}`, async ({ replayed, dashboard, page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await dashboard.open(replayed);
      await dashboard.holds("pool.main", 30);
      await dashboard.rows("pool-events").first().click();
      await expect(dashboard.drawer).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await keepScreenshot(page, `${colorScheme}-${size}`);
      await page.keyboard.press("Escape");
      await dashboard.openStreamPanel();
      await page.locator("[data-term]").first().focus();
      expect(await violations(page)).toEqual([]);
      await expect(page.getByTestId("meaning")).toHaveText(/^Rows: /);
      await keepScreenshot(page, `stream-${colorScheme}-${size}`);
    });
  }
}

async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
  );
}
