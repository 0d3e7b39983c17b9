import { describe, expect, it } from "vitest";
import { type BarsChannel, CHANNEL_NAMES, CHANNELS } from "../../protocol/stream/channels.ts";
import { FAKE_COUNTERS, fakeLosses, fakeMemory } from "../testing/fake-telemetry.ts";
import { NOW, statusIn } from "../testing/statuses.ts";
import { TEXT } from "../text.ts";
import { channelFigures, LOSS_KINDS, streamFigures, type Term } from "./figures.ts";
import type { Telemetry } from "./useTelemetry.ts";

const telemetry: Telemetry = {
  status: statusIn("live"),
  losses: fakeLosses(24, NOW),
  memory: fakeMemory({ "tx.main": 5_000, "pool.main": 5_000, "pool.state": 14, "chain.main": 3 }),
  counters: FAKE_COUNTERS,
  metrics: {
    ui_delta_apply_ms: 0.4,
    ui_stream_gap_count: 4,
    ui_render_drop_ratio: 0.0123,
    ui_heap_used_mb: null,
    ui_detail_open_latency_ms: null,
    ui_frame_commit_ms: 1.9,
    ui_delta_queue_depth: 0,
    ui_receive_to_paint_ms: 31,
  },
};

const textOf = (figures: ReturnType<typeof channelFigures>, term: Term) =>
  figures.find((figure) => figure.term === term)?.text;

describe("a channel's figures", () => {
  it("L1 show every kind of loss that the worker counts, with its total", () => {
    for (const name of CHANNEL_NAMES) {
      const totals = telemetry.losses.totals[name];
      expect(LOSS_KINDS.toSorted()).toEqual(Object.keys(totals ?? {}).toSorted());
      for (const kind of LOSS_KINDS) {
        expect(textOf(channelFigures(name, telemetry), kind)).toBe(totals?.[kind].toLocaleString("en-US"));
      }
    }
  });

  it("L1 sum each kind over the channels", () => {
    const all = channelFigures("all", telemetry);
    for (const kind of LOSS_KINDS) {
      const sum = CHANNEL_NAMES.reduce((total, name) => total + telemetry.losses.totals[name]![kind], 0);
      expect(textOf(all, kind)).toBe(sum.toLocaleString("en-US"));
    }
  });

  it("B8 give bytes rounded, and exactly on hover", () => {
    const bytes = channelFigures("pool.main", telemetry).find(({ term }) => term === "bytes");
    expect(bytes).toMatchObject({ text: "5.74 MiB", title: "6,020,000 bytes" });
    expect(textOf(channelFigures("pool.main", telemetry), "shed_rows")).toBe("312");
  });

  it("are the same terms for all places, dashes where nothing can be said", () => {
    const terms = (place: "all" | "tx.main") => channelFigures(place, telemetry).map(({ term }) => term);
    expect(terms("all")).toEqual(terms("tx.main"));
    expect(textOf(channelFigures("all", telemetry), "credit")).toBe(TEXT.telemetry.none);
    const unsubscribed = { ...telemetry, status: statusIn("live", { channels: {} }) };
    expect(textOf(channelFigures("tx.main", unsubscribed), "credit")).toBe(TEXT.telemetry.none);
    expect(textOf(channelFigures("tx.main", unsubscribed), "cap")).toBe(
      CHANNELS["tx.main"].cap.toLocaleString("en-US"),
    );
  });
});

describe("the figures of bars", () => {
  const following = (...names: BarsChannel[]): Telemetry => ({
    ...telemetry,
    memory: fakeMemory(Object.fromEntries(names.map((name) => [name, 100]))),
    status: statusIn("live", {
      channels: Object.fromEntries(
        names.map((name) => [name, { count: 100, seq: 7, digest_ok: true, rung: "full", credit: 2 }]),
      ),
    }),
  });

  it("are those of all channels that are followed together", () => {
    const figures = channelFigures("market.bars", following("market.bars:A:1s", "market.bars:B:1m"));
    expect(textOf(figures, "rows")).toBe("200");
    expect(textOf(figures, "cap")).toBe("1,000");
    expect(textOf(figures, "credit")).toBe(TEXT.telemetry.none);
  });

  it("are a channel's own where one is followed, and nothing where none is", () => {
    expect(textOf(channelFigures("market.bars", following("market.bars:A:1s")), "credit")).toBe("2");
    expect(textOf(channelFigures("market.bars", following()), "rows")).toBe("0");
  });
});

describe("the stream's figures", () => {
  it("have every counter and, but for the gaps that it counts, every metric", () => {
    const terms = streamFigures(telemetry).map(({ term }) => term as string);
    expect(terms).toEqual(expect.arrayContaining(Object.keys(FAKE_COUNTERS)));
    const { ui_stream_gap_count, ...metrics } = telemetry.metrics!;
    expect(ui_stream_gap_count).toBe(FAKE_COUNTERS.gaps);
    expect(terms).toEqual(expect.arrayContaining(Object.keys(metrics)));
    expect(new Set(terms).size).toBe(terms.length);
  });

  it("give the share of the budget that is held", () => {
    const [memory] = streamFigures(telemetry);
    expect(memory?.text).toMatch(/^10\.\d\d MiB, 8\.\d %$/);
  });

  it("show nothing where nothing was measured", () => {
    const dashes = streamFigures({ ...telemetry, metrics: null }).filter(
      ({ text }) => text === TEXT.telemetry.none,
    );
    expect(dashes.map(({ term }) => term)).toContain("ui_receive_to_paint_ms");
  });
});

it("explains each term in one sentence", () => {
  for (const { means } of Object.values(TEXT.telemetry.terms)) expect(means).toMatch(/^[^.]+\.$/);
});
