/** What every browser test has: servers that end with it, and a page of which no error is tolerated. */
import { join } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { Dashboard } from "./dashboard.ts";
import { ChaosProxy } from "./proxy.ts";
import { replayedOnce } from "./recording.ts";
import { type RunningServer, startServer } from "./server.ts";
import { untilSilent } from "./server-state.ts";

interface Fixtures {
  /** Starts a mock-server that is stopped after the test. */
  serve(...args: string[]): Promise<RunningServer>;
  /** Starts a proxy that is closed after the test. */
  interpose(upstream: string): Promise<ChaosProxy>;
  dashboard: Dashboard;
  /** Errors that a test brings about on purpose, by their text. */
  tolerated: RegExp | null;
}

interface WorkerFixtures {
  /** URL of a server that has replayed the recording once and stands still; for tests that only look. */
  replayed: string;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  replayed: [
    async ({}, provide) => {
      const server = await startServer(...replayedOnce(2));
      await untilSilent(server.url);
      await provide(server.url);
      await server.stop();
    },
    { scope: "worker" },
  ],
  serve: async ({}, provide) => {
    const servers: RunningServer[] = [];
    await provide(async (...args) => {
      const server = await startServer(...args);
      servers.push(server);
      return server;
    });
    await Promise.all(servers.map((server) => server.stop()));
  },
  interpose: async ({}, provide) => {
    const proxies: ChaosProxy[] = [];
    await provide(async (upstream) => {
      const proxy = await ChaosProxy.start(upstream);
      proxies.push(proxy);
      return proxy;
    });
    await Promise.all(proxies.map((proxy) => proxy.close()));
  },
  tolerated: [null, { option: true }],
  dashboard: async ({ page, tolerated }, provide) => {
    const errors = watchErrors(page);
    await provide(new Dashboard(page));
    const unexpected = errors.filter((text) => !tolerated?.test(text));
    expect(unexpected, "errors of the page and its console").toEqual([]);
  },
});

function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(`page: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(`console: ${message.text()}`);
  });
  return errors;
}

/** Keeps a picture of a state to be looked at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(import.meta.dirname, "..", "artifacts", "screenshots", `${name}.png`) });
}

export { expect } from "@playwright/test";
