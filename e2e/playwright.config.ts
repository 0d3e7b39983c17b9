import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { LAUNCH, VIEWPORT } from "./browser.ts";

const ARTIFACTS = join(import.meta.dirname, "..", "artifacts");

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  // One after the other: server and browser share the machine with what they measure.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  outputDir: join(ARTIFACTS, "browser"),
  reporter: [["list"], ["json", { outputFile: join(ARTIFACTS, "playwright.json") }]],
  use: {
    viewport: VIEWPORT,
    screenshot: "only-on-failure",
    // A trace costs as much as the page itself: `npx playwright test --trace on` where one is wanted.
    trace: "off",
    launchOptions: LAUNCH,
  },
});
