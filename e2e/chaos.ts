/** What the chaos tests share: a stream that ends, and what every recovery comes to. */
import type { Page } from "@playwright/test";
import type { Dashboard } from "./dashboard.ts";
import { test as base, expect } from "./fixtures.ts";
import type { ChaosProxy } from "./proxy.ts";
import { beginningReplayed, recordedMessages } from "./recording.ts";
import type { RunningServer } from "./server.ts";
import { expectEqualStates, untilSilent } from "./server-state.ts";

/** Of HELLO, in place of 15 s: a dead peer is found within two seconds. */
export const HEARTBEAT_MS = 1_500;
export const SNAPSHOT = "/dashboard/snapshot-v2";
/** What is replayed: the recording's first minute. */
export const MESSAGES = recordedMessages().slice(0, 3_000);

/** How often the page has asked for the fixed channels: a chart asks for its own one beside them. */
export function bootstraps(proxy: ChaosProxy): number {
  return proxy.requests.filter((path) => path.startsWith(SNAPSHOT) && !/channels=market\.bars/.test(path))
    .length;
}

interface ChaosFixtures {
  /** Starts a server that streams for about so many seconds and then stands still. */
  stream(seconds: number): Promise<RunningServer>;
  oneLoad: undefined;
}

export const test = base.extend<ChaosFixtures>({
  stream: async ({ serve }, provide, info) => {
    await provide((seconds) =>
      serve(...beginningReplayed(info.outputPath("beginning.tlv"), MESSAGES, seconds)),
    );
  },
  // Whatever happens, the page that was opened is the page that recovers.
  oneLoad: [
    async ({ page }, provide) => {
      let loads = 0;
      page.on("load", () => loads++);
      await provide(undefined);
      expect(loads, "times that the page was loaded").toBe(1);
    },
    { auto: true },
  ],
});

/** The panels keep their rows, drawn as old ones, and say how old. */
export async function expectStaleRows(dashboard: Dashboard): Promise<void> {
  for (const name of ["transactions", "pool-events"] as const) {
    await expect(dashboard.rows(name).first()).toBeVisible();
    await expect(dashboard.grid(name)).toHaveAttribute("data-stale", "true");
    await expect(dashboard.lapse(name)).toHaveText(/^(stale|diverged|resyncing) \d+ s$/);
  }
}

/** Once the recording has ended: live, and equal to the server to the last row. */
export async function expectRecovered(dashboard: Dashboard, server: string): Promise<void> {
  await dashboard.becomes("live", 30_000);
  await untilSilent(server);
  await expectEqualStates(dashboard, server);
  await expect(dashboard.grid("transactions")).not.toHaveAttribute("data-stale");
  await dashboard.becomes("live");
}

/** As the browser tells it of a tab that nobody sees. */
export async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
