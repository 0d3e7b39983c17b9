/** For tests: a relay over real sockets, under a clock that the test moves on. */
import { VirtualClock } from "../../testing/clock.ts";
import { keepAlive, type Position, positionMessage } from "../control.ts";
import { RELAY_LIMITS } from "../limits.ts";
import type { RelayOptions } from "../relay.ts";
import { type Rig, startRelay, TestPeer, until } from "./rig.ts";

const L = RELAY_LIMITS;

export interface Setting extends Rig {
  readonly clock: VirtualClock;
  /** A peer that the relay has taken. */
  join(): Promise<TestPeer>;
  /** One that is a consumer. */
  consumer(): Promise<TestPeer>;
  /** One that is a producer, by a keep-alive. */
  producer(): Promise<TestPeer>;
  /** The relay has been written so many messages, and has flushed them. */
  took(received: number): Promise<void>;
}

export async function setUp(options: Partial<RelayOptions> = {}): Promise<Setting> {
  const clock = new VirtualClock();
  const rig = await startRelay({ ...options, clock });
  const { relay, path } = rig;
  const join = async (): Promise<TestPeer> => {
    const before = rig.taken();
    const peer = new TestPeer(path);
    await until(() => rig.taken() > before);
    return peer;
  };
  return {
    ...rig,
    clock,
    join,
    async consumer() {
      const peer = await join();
      clock.advance(L.first_word_ms);
      return peer;
    },
    async producer() {
      const producers = relay.count("producer");
      const peer = await join();
      peer.write(hello());
      await until(() => relay.count("producer") > producers);
      return peer;
    },
    async took(received) {
      await until(() => relay.counts().in.received >= received);
      clock.advance(L.flush_interval_ms);
    },
  };
}

/** What a producer writes first. */
export const hello = (): Uint8Array => keepAlive("market_data", 4, 0, 0);

/** What a reader writes first. */
export const ask = (position: Partial<Position> = {}): Uint8Array =>
  positionMessage({ epoch: "", seq: 0, ...position }, 0, 60, 0);

/** Both with them. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
