/** The page as a user meets it, and what `window.mempulse` tells tests. */
import { expect, type Locator, type Page } from "@playwright/test";
import type { ChannelName } from "../protocol/stream/channels.ts";
import type { StreamStatus, WorkerMetrics } from "../workers/api.ts";

/** Titles of the panels, by their names. */
const TITLES = {
  "pool-events": "Pool events",
  transactions: "Transactions",
  opportunities: "Opportunities",
  market: "Market",
  pools: "Pools",
  features: "Features",
  "top-features": "Top features",
  chains: "Chains",
  bars: "Bars",
  stream: "Stream",
} as const;
type PanelName = keyof typeof TITLES;

export interface Contents {
  ids: string[];
  seqs: number[];
  digest: string;
  seq: number;
}

export class Dashboard {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page and waits until it is live. */
  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.becomes("live");
  }

  /** What the connection pill shows, by its state's name. */
  get pill(): Locator {
    return this.page.getByTestId("connection");
  }

  async becomes(state: string | RegExp, timeout = 15_000): Promise<void> {
    await expect(this.pill).toHaveAttribute("data-state", state, { timeout });
  }

  panel(name: PanelName): Locator {
    return this.page.locator(`[data-panel="${name}"]`);
  }

  /** Brings a panel into sight where another one has its place. */
  async show(name: PanelName): Promise<void> {
    if (!(await this.panel(name).isVisible())) {
      await this.page.getByRole("tab", { name: TITLES[name], exact: true }).click();
    }
    await expect(this.panel(name)).toBeVisible();
  }

  /** What the panel's head says of rows that are not the server's: their lapse and their age. */
  lapse(name: PanelName): Locator {
    return this.panel(name).locator("[data-lapse]");
  }

  /** The popover under the pill, while the pill is pointed at. */
  get facts(): Locator {
    return this.page.getByTestId("connection-facts");
  }

  /** What a screen reader is told. */
  get announcer(): Locator {
    return this.page.getByTestId("announcer");
  }

  async openStreamPanel(): Promise<void> {
    const named = { name: "Stream", exact: true };
    await this.page.getByRole("button", named).or(this.page.getByRole("tab", named)).click();
    await expect(this.figure("held_bytes")).toBeVisible();
  }

  /** A figure of the Stream panel: of one channel, or of them all. */
  figure(name: string, channel: ChannelName | "all" = "all"): Locator {
    const stream = this.panel("stream");
    const cell = stream.locator(`[data-channel="${channel}"] [data-figure="${name}"]`);
    return cell.or(stream.locator(`dd[data-figure="${name}"]`));
  }

  grid(name: PanelName): Locator {
    return this.panel(name).getByRole("grid");
  }

  /** Rows that show an entity; skeletons are none. */
  rows(name: PanelName): Locator {
    return this.grid(name).locator("[role=row][data-id]");
  }

  filter(name: PanelName): Locator {
    return this.panel(name).getByRole("searchbox");
  }

  header(name: PanelName, label: string): Locator {
    return this.grid(name).getByRole("columnheader", { name: label, exact: true });
  }

  /** Texts of one column over the drawn rows, top to bottom. */
  async column(name: PanelName, label: string): Promise<string[]> {
    const labels = await this.grid(name).getByRole("columnheader").allInnerTexts();
    const at = labels.findIndex((text) => text.trim().startsWith(label));
    if (at === -1) throw new Error(`${name} has no column ${label}, only ${labels.join(", ")}`);
    return this.rows(name).evaluateAll(
      (rows, column) => rows.map((row) => row.querySelectorAll("[role=gridcell]")[column]?.textContent ?? ""),
      at,
    );
  }

  get drawer(): Locator {
    return this.page.getByRole("complementary", { name: "Details" });
  }

  contents(channel: ChannelName): Promise<Contents> {
    return this.page.evaluate((name) => window.mempulse.contents(name), channel);
  }

  status(): Promise<StreamStatus | null> {
    return this.page.evaluate(() => window.mempulse.status());
  }

  metrics(): Promise<WorkerMetrics> {
    return this.page.evaluate(() => window.mempulse.metrics());
  }

  /** Waits until the worker holds at least so many rows of a channel. */
  async holds(channel: ChannelName, count: number, timeout = 30_000): Promise<void> {
    await expect
      .poll(async () => (await this.contents(channel)).ids.length, { timeout, intervals: [250] })
      .toBeGreaterThanOrEqual(count);
  }
}
