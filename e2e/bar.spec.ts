/** The top bar with more chains than it has room for. */
import { encodeMessage } from "../protocol/tlv/encode.ts";
import { SOURCE } from "../protocol/tlv/registry.ts";
import { expect, keepScreenshot, test } from "./fixtures.ts";
import { beginningReplayed } from "./recording.ts";

const CHAINS = [1n, 10n, 56n, 137n, 8453n, 42161n];

test("shows chains whole as far as there is room, and says how many more there are", async ({
  serve,
  dashboard,
  page,
}, info) => {
  const server = await serve(...beginningReplayed(info.outputPath("heads.tlv"), heads(), 1));
  await dashboard.open(server.url);
  await dashboard.holds("chain.main", CHAINS.length);
  const bar = page.getByRole("group", { name: "Stream state" });
  const shown: number[] = [];
  for (const width of [1920, 1366, 1024]) {
    await page.setViewportSize({ width, height: 768 });
    await expect(async () => {
      const line = await bar.getByTestId("chain-head").evaluateAll((chips) => {
        const first = chips[0]?.getBoundingClientRect().top;
        return chips
          .filter((chip) => chip.getBoundingClientRect().top === first)
          .map((chip) => chip.getBoundingClientRect().right);
      });
      const more = (await bar.getByRole("button", { name: /^\+\d+$/ }).boundingBox())!;
      await expect(bar.getByRole("button")).toHaveText(`+${CHAINS.length - line.length}`);
      expect(Math.max(...line)).toBeLessThan(more.x);
      expect(more.x + more.width).toBeLessThan((await page.getByTestId("rate").boundingBox())!.x);
      shown.push(line.length);
    }).toPass({ timeout: 5_000 });
    await keepScreenshot(page, `chains-${width}`);
  }
  expect(shown[0]).toBeGreaterThan(shown.at(-1)!);
  expect(shown.at(-1)).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1024);

  await bar.getByRole("button").click();
  await expect(dashboard.rows("chains")).toHaveCount(CHAINS.length);
});

/** A block of each chain, one after the other. */
function heads(): Uint8Array[] {
  const unixMs = 1_700_000_000_000;
  return CHAINS.map((chain_id, n) =>
    encodeMessage({
      domain: "system",
      source: SOURCE.polygon,
      sequence: BigInt(n),
      timestamp_ns: BigInt(unixMs + n * 1_000) * 1_000_000n,
      tlvs: [
        {
          name: "ChainHead",
          chain_id,
          base_fee: 7_000_000_000n,
          block_number: 61_220_600n,
          block_timestamp: BigInt(unixMs / 1_000),
          gas_used: 15_000_000n,
          gas_limit: 30_000_000n,
          tx_count: 100,
          flags: 1,
          block_hash: `0x${"1".repeat(64)}`,
          parent_hash: `0x${"0".repeat(64)}`,
        },
      ],
    }),
  );
}
