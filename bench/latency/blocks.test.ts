/** What the benchmark waits for is what the fold finds. */
import { expect, it } from "vitest";
import { Model } from "../../model/model.ts";
import { feed, rowsOf } from "../../model/testing/messages.ts";
import { Recording } from "../../protocol/recording/reader.ts";
import { LapLog } from "../fold-log.ts";
import { type Block, Blocks, wayOf } from "./blocks.ts";

it("each block opens the way that it says, and ends the one before", () => {
  const model = new Model({ log_id: "test" });
  const play = (bytes: Uint8Array) => {
    const recording = new Recording(new Uint8Array(bytes));
    for (let i = 0; i < recording.count; i++) {
      feed(model, recording.bytes.subarray(recording.starts[i], recording.ends[i]));
    }
  };
  const openAfter = ({ bytes }: Block) => {
    play(bytes);
    return rowsOf(model, "opportunity.main")
      .filter(({ status }) => status === "open")
      .map(({ buy_pool, sell_pool }) => wayOf(String(buy_pool), String(sell_pool)));
  };
  play(new LapLog().bytes);
  const blocks = new Blocks();
  expect(openAfter(blocks.settling())).toEqual([]);
  for (let n = 0; n < 3; n++) {
    const block = blocks.next();
    expect(openAfter(block)).toEqual([block.opens]);
  }
});
