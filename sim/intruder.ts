/** Clients that do not keep the contract: each loses its own connection, and no other client may notice. */
import { LIMITS } from "../protocol/stream/limits.ts";
import { Random } from "../workers/testing/random.ts";
import type { Served } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { Host } from "./host.ts";
import { SIM_LIMITS } from "./limits.ts";
import { Connection, type Line, NO_FRAME_FAULTS } from "./link.ts";
import type { IntruderDoes } from "./scenario.ts";
import type { Trace } from "./trace.ts";

const ANYTHING: Served = { omitted: new Map(), neverCodes: new Set(), mostCredit: LIMITS.max_credit };
/** Over the burst that a session may send. */
const FLOOD_COUNT = 450;

export function intrude(host: Host, does: IntruderDoes, clock: Clock, trace: Trace): void {
  const count = does === "crowd" ? SIM_LIMITS.max_sessions_count : 1;
  for (let n = 0; n < count; n++) enter(host, does, clock, trace);
}

function enter(host: Host, does: IntruderDoes, clock: Clock, trace: Trace): void {
  const line: Line = {
    name: `intruder (${does})`,
    faults: NO_FRAME_FAULTS,
    latency_ms: 1,
    bytes_per_s: Number.POSITIVE_INFINITY,
    isHeld: false,
  };
  const world = { clock, trace, random: new Random(1) };
  const handlers = {
    onText: (text: string) => {
      const { op, epoch } = JSON.parse(text) as { op: string; epoch: string };
      if (op === "HELLO") for (const message of messages(does, epoch)) socket.send(JSON.stringify(message));
    },
    onClosed: () => {},
  };
  const connection = new Connection(line, handlers, (run) => run(), host.watch(ANYTHING), world);
  const { socket } = connection;
  host.accept(connection);
  if (does === "binary") connection.server.emit("message", Buffer.from([1]), true);
}

/** What it says to HELLO. */
function messages(does: IntruderDoes, epoch: string): object[] {
  const identify = { op: "IDENTIFY", protocol: LIMITS.protocol, snapshot_seq: 0, epoch, subscriptions: [] };
  const { snapshot_seq: _, epoch: __, ...rest } = identify;
  switch (does) {
    case "flood":
      return [identify, ...Array.from({ length: FLOOD_COUNT }, () => ({ op: "CREDIT", channel_credit: {} }))];
    case "old_protocol":
      return [{ ...identify, protocol: LIMITS.protocol - 1 }];
    case "old_epoch":
      return [{ ...identify, epoch: "e-before" }];
    case "bad_token":
      return [{ ...rest, op: "RESUME", session_id: "s", resume_token: "mine", last_seq: 0, channel_seq: {} }];
    case "silence":
    case "crowd":
    case "binary":
      return [];
  }
}
