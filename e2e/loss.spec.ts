/** Frames that never arrive: the page notices, repairs, and ends with what the server holds. */
import { Model } from "../model/model.ts";
import type { ServerMessage } from "../protocol/stream/messages.ts";
import { MessageView } from "../protocol/tlv/view.ts";
import { expect, test } from "./fixtures.ts";
import type { FrameRule } from "./proxy.ts";
import { RECORDING, recordedMessages, replayedOnce, writeRecording } from "./recording.ts";
import { CHANNEL_NAMES, expectEqualStates, untilSilent } from "./server-state.ts";
import { xorshift } from "./soak/slope.ts";

const HEARTBEAT_MS = 500;

/** Passes everything that `lose` does not pick, with a heartbeat interval that a test can wait for. */
function losing(lose: (message: Extract<ServerMessage, { type: "DELTA_BATCH" }>) => boolean): FrameRule {
  return (message, text) => {
    if (message.op === "HELLO") return JSON.stringify({ ...message, heartbeat_interval_ms: HEARTBEAT_MS });
    return message.op === "DISPATCH" && message.type === "DELTA_BATCH" && lose(message) ? null : text;
  };
}

test("5 % of the batches are lost: all repaired, digests equal at the end", async ({
  serve,
  interpose,
  dashboard,
}) => {
  const random = xorshift(20);
  const server = await serve(...replayedOnce(9));
  const proxy = await interpose(
    server.url,
    losing(() => random() < 0.05),
  );
  await dashboard.open(proxy.url);
  await untilSilent(server.url);
  expect(proxy.lost).toBeGreaterThan(3);
  await expectEqualStates(dashboard, server.url);
  expect((await dashboard.metrics()).ui_stream_gap_count).toBeGreaterThan(0);
  await dashboard.becomes("live");
});

test("half of the batches are lost: no channel is strangled", async ({ serve, interpose, dashboard }) => {
  const random = xorshift(50);
  const server = await serve("--recording", RECORDING, "--speed", "30");
  const proxy = await interpose(
    server.url,
    losing(() => random() < 0.5),
  );
  await dashboard.open(proxy.url);
  let before = await seqs();
  for (let round = 0; round < 3; round++) {
    await dashboard.page.waitForTimeout(HEARTBEAT_MS * 4);
    const after = await seqs();
    for (const [at, name] of CHANNEL_NAMES.entries()) {
      expect(after[at], `${name} advanced in round ${round}`).toBeGreaterThan(before[at] as number);
    }
    before = after;
  }
  expect(proxy.lost).toBeGreaterThan(20);

  async function seqs(): Promise<number[]> {
    return Promise.all(CHANNEL_NAMES.map(async (name) => (await dashboard.contents(name)).seq));
  }
});

test("the last batch before a silence is lost: the heartbeat tells", async ({
  serve,
  interpose,
  dashboard,
}, info) => {
  const messages = recordedMessages();
  const cut = messages.slice(0, Math.min(messages.length, 3_000));
  const path = info.outputPath("cut.tlv");
  writeRecording(path, cut);
  const model = new Model({ log_id: "expected" });
  const view = new MessageView();
  for (const bytes of cut) model.ingest(view.attach(bytes).seek(0, bytes.length));

  const server = await serve("--recording", path, "--no-loop", "--speed", "15");
  const proxy = await interpose(
    server.url,
    losing(({ seq }) => seq === model.headSeq),
  );
  await dashboard.open(proxy.url);
  await untilSilent(server.url);
  expect(proxy.lost, "batches that reach the last seq").toBeGreaterThan(0);
  await expectEqualStates(dashboard, server.url);
});
