/** The whole way: producers, relays, a server that reads them, and its own signals into a relay. */
import { resolve } from "node:path";
import { afterEach, expect, it } from "vitest";
import { START_MS, transaction } from "../../model/testing/messages.ts";
import { TYPE } from "../../protocol/tlv/layout.ts";
import { DOMAIN, SOURCE } from "../../protocol/tlv/registry.ts";
import { MessageView } from "../../protocol/tlv/view.ts";
import { startServer } from "../server.ts";
import { RecordingSource } from "../sources/recording.ts";
import { readRecordingFile } from "../sources/recording-file.ts";
import { RelaySource } from "../sources/relay/source.ts";
import { getMetric, getSnapshot, startTestServer } from "../testing/harness.ts";
import { Outlet } from "./outlet.ts";
import { numberedRun } from "./testing/messages.ts";
import { atEnd, cleanUp, startRelay, TestPeer, until, untilAsked } from "./testing/rig.ts";

const LAB = resolve(import.meta.dirname, "../../recordings/lab.tlv.gz");

afterEach(cleanUp);

function sourceOf(path: string): RelaySource {
  return new RelaySource({ address: { kind: "unix", path }, log: () => {} });
}

it("a server folds what several relays pass on: as much comes out as went in, each under its source's name", async () => {
  const [market, signals] = [await startRelay(), await startRelay({ domain: "signal" })];
  const sources = [sourceOf(market.path), sourceOf(signals.path)];
  const server = await startTestServer({ sources });
  atEnd(() => server.close());
  await Promise.all([untilAsked(market), untilAsked(signals)]);
  const [one, two, strategy] = [
    new TestPeer(market.path),
    new TestPeer(market.path),
    new TestPeer(signals.path),
  ];
  for (let n = 0; n < 500; n++) {
    const producer = n % 2 === 0 ? one : two;
    producer.write(transaction(n, {}, null, { ms: START_MS }));
  }
  strategy.write(...numberedRun(1, 20, { domain: "signal" }));
  await until(() => server.ingest.feeds.reduce((sum, { messages }) => sum + messages, 0) === 520);
  const { channels } = await getSnapshot(server, "?channels=tx.main");
  expect(channels["tx.main"]?.upsert).toHaveLength(500);
  expect(await getMetric(server, `source_messages_total{source="unix:${market.path}"}`)).toBe(500);
  expect(await getMetric(server, `source_messages_total{source="unix:${signals.path}"}`)).toBe(20);
  expect(await getMetric(server, 'ingest_faults_total{code="relay_gap"}')).toBe(0);
});

it("opportunities that open are ArbitrageSignals at a signal relay's readers", async () => {
  const { path } = await startRelay({ domain: "signal" });
  const reader = new TestPeer(path);
  const outlet = new Outlet({
    address: { kind: "unix", path },
    domain: "signal",
    source: SOURCE.arbitrage_strategy,
    log: () => {},
  });
  atEnd(() => outlet.close());
  const { recording, chains } = await readRecordingFile(LAB, () => {});
  const source = new RecordingSource(recording, {
    name: "lab",
    chains,
    pace: { kind: "rate", tx_per_s: 10_000 },
    loop: false,
  });
  const server = await startServer({
    sources: [source],
    port: 0,
    log: () => {},
    signals: outlet,
  });
  atEnd(() => server.close());
  await server.ended;
  const { received } = outlet.counts();
  expect(received).toBeGreaterThan(0);
  await until(() => reader.numbers.length === received);
  await until(() => outlet.counts().held === 0);
  expect(await getMetric(server, 'stage_in_total{stage="signals"}')).toBe(received);
  expect(await getMetric(server, 'stage_out_total{stage="signals"}')).toBe(received);
  expect(await getMetric(server, 'stage_dropped_total{stage="signals",reason="relay_away"}')).toBe(0);
  const view = new MessageView();
  for (const message of reader.events) {
    view.attach(message).seek(0, message.length);
    expect(view.firstTlv()).toBe(true);
    expect([view.domain, view.source, view.type]).toEqual([
      DOMAIN.signal,
      SOURCE.arbitrage_strategy,
      TYPE.ArbitrageSignal,
    ]);
  }
});
