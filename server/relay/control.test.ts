/** The control messages, against the bytes that docs/relay.md prints. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { MessageView } from "../../protocol/tlv/view.ts";
import { isFromRelay, keepAlive, notice, positionMessage, readNotice, readPosition } from "./control.ts";
import { numbered } from "./testing/messages.ts";

const UNIX_MS = 1_700_000_000_000;
const POSITION = { epoch: "0123456789abcdef01234567", seq: 1000 };

/** The page's blocks of hex digits. */
const documented = Array.from(
  readFileSync(resolve(import.meta.dirname, "../../docs/relay.md"), "utf8").matchAll(
    /```\n((?:[0-9a-f]+\n)+)```/g,
  ),
  ([, digits = ""]) => digits.replaceAll("\n", ""),
);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const viewOf = (message: Uint8Array): MessageView =>
  new MessageView().attach(message).seek(0, message.length);

it("are the bytes that the page prints: request, answer, keep-alive", () => {
  expect(documented).toEqual([
    hex(positionMessage(POSITION, 0, 60, UNIX_MS)),
    hex(positionMessage(POSITION, 1234, 80, UNIX_MS)),
    hex(keepAlive("market_data", 80, 1234, UNIX_MS)),
  ]);
});

it("are read back, and told from events", () => {
  const [answer, last] = [
    positionMessage(POSITION, 1234, 80, UNIX_MS),
    notice("relay_stops: x", 81, UNIX_MS),
  ];
  expect(readPosition(viewOf(answer))).toEqual(POSITION);
  expect(readNotice(viewOf(answer))).toBeNull();
  expect(readNotice(viewOf(last))).toBe("relay_stops: x");
  expect(readPosition(viewOf(last))).toBeNull();
  expect(readPosition(viewOf(numbered(1)))).toBeNull();
  expect([answer, last, numbered(1)].map((message) => isFromRelay(viewOf(message)))).toEqual([
    true,
    true,
    false,
  ]);
});

it("a collector's own status is no relay's last word", () => {
  expect(readNotice(viewOf(notice("stopped", 4, UNIX_MS)))).toBeNull();
});

it("a reason that is too long for its field is cut", () => {
  expect(readNotice(viewOf(notice("x".repeat(500), 80, UNIX_MS)))).toBe("x".repeat(120));
});
