/** Can it be read by everybody: axe on the real page, dark and light, wide and narrow. */
import { AxeBuilder } from "@axe-core/playwright";
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
      const { violations } = await new AxeBuilder({ page }).analyze();
      await keepScreenshot(page, `${colorScheme}-${size}`);
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`),
      ).toEqual([]);
    });
  }
}
