/** Descriptions of tokens and pools outlive the ring, in a relay and in a producer of one. */
import { afterEach, expect, it } from "vitest";
import { address, message as messageOf, poolInfo, tokenInfo } from "../../model/testing/messages.ts";
import { MessageView } from "../../protocol/tlv/view.ts";
import { instrumentTlv } from "../sources/firehose/trade.ts";
import { positionMessage } from "./control.ts";
import { Directory } from "./directory.ts";
import { RELAY_LIMITS } from "./limits.ts";
import { Outlet } from "./outlet.ts";
import { numbered, numberedRun } from "./testing/messages.ts";
import { cleanUp, startRelay, TestPeer, until } from "./testing/rig.ts";

afterEach(cleanUp);

function take(directory: Directory, message: Uint8Array): void {
  const view = new MessageView().attach(message).seek(0, message.length);
  view.firstTlv();
  directory.take(view);
}

it("keeps the newest of each, tokens before pools, and nothing else", () => {
  const directory = new Directory();
  const token = tokenInfo({ address: address(1), symbol: "NEW" });
  take(directory, poolInfo({ pool: address(9) }));
  take(directory, tokenInfo({ address: address(1), symbol: "OLD" }));
  take(directory, numbered(1));
  take(directory, token);
  expect(directory.size).toBe(2);
  expect(directory.bytes()).toBe(directory.bytes());
  expect(Buffer.from(directory.bytes())).toEqual(Buffer.concat([token, poolInfo({ pool: address(9) })]));
});

it("counts what finds no room, and still renews what it has", () => {
  const directory = new Directory();
  for (let n = 0; n < RELAY_LIMITS.directory_count + 5; n++)
    take(directory, tokenInfo({ address: address(n) }));
  expect([directory.size, directory.dropped]).toEqual([RELAY_LIMITS.directory_count, 5]);
  take(directory, tokenInfo({ address: address(0), symbol: "NEW" }));
  expect(directory.dropped).toBe(5);
});

it("is bounded in bytes too, whatever else stands in the messages", () => {
  const directory = new Directory();
  const ballast = { name: "Unknown", type: 9, bytes: `0x${"00".repeat(60_000)}` } as const;
  for (let n = 0; n < 40; n++) {
    take(directory, messageOf([instrumentTlv(`S${n}`), ...Array.from({ length: 16 }, () => ballast)]));
  }
  expect(directory.bytes().length).toBeLessThanOrEqual(RELAY_LIMITS.directory_bytes);
  expect([directory.size, directory.dropped]).toEqual([34, 6]);
  for (const symbol of ["S0", "S99"]) take(directory, messageOf([instrumentTlv(symbol)]));
  expect([directory.size, directory.dropped]).toEqual([35, 6]);
});

it("a reader for whom the ring leaves a gap is given it before the answer, one without a gap is not", async () => {
  const { relay, path } = await startRelay({ ringBytes: 4 * RELAY_LIMITS.segment_bytes });
  const from = new TestPeer(path);
  const token = tokenInfo();
  from.write(token, ...numberedRun(1, 20_000));
  await until(() => relay.ring.newest === 20_001);
  const late = new TestPeer(path);
  late.write(positionMessage({ epoch: "", seq: 0 }, 0, 60, 0));
  const near = new TestPeer(path);
  near.write(positionMessage({ epoch: relay.epoch, seq: 20_000 }, 0, 60, 0));
  await until(() => late.numbers.at(-1) === 20_000 && near.numbers.length === 1);
  expect(late.messages[0]).toEqual(token);
  expect(late.positions[0]?.seq).toBe(relay.ring.dropped);
  expect(near.numbers).toEqual([20_000]);
});

it("a producer tells a new relay its tokens anew, though its own ring has dropped them", async () => {
  const rig = await startRelay();
  const outlet = new Outlet({
    address: { kind: "unix", path: rig.path },
    domain: "market_data",
    source: 4,
    ringBytes: 4 * RELAY_LIMITS.segment_bytes,
    log: () => {},
  });
  outlet.push(tokenInfo());
  await until(() => outlet.counts().forwarded === 1);
  for (let n = 1; n <= 20_000; n += 500) {
    for (const message of numberedRun(n, n + 499)) outlet.push(message);
    await until(() => outlet.counts().held === 0);
  }
  await rig.kill();
  const { relay } = await startRelay({ path: rig.path });
  await until(() => relay.directory.size === 1);
  expect(relay.counts().in.dropped).toEqual({ keep_alive: 1 });
  await outlet.close();
});
