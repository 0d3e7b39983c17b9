/** A frame in a few words, for traces. Session ids and tokens, which the product draws at random, are left out. */
export function describeFrame(text: string): string {
  const name = /"type":"(\w+)"/.exec(text.slice(0, 80))?.[1] ?? /"op":"(\w+)"/.exec(text.slice(0, 40))?.[1];
  if (name === undefined) return `${text.length} characters that are no frame`;
  if (name === "DELTA_BATCH") {
    const [, seq, prev, channel] = /"seq":(\d+),"prev_seq":(\d+),"channel":"([\w.]+)"/.exec(text) ?? [];
    return `${name} ${channel} (${prev}, ${seq}]${text.includes('"digest":null') ? " part" : ""}`;
  }
  if (name === "HEARTBEAT_ACK" || name === "HELLO" || name === "SNAPSHOT_ACK" || name === "RESUME") {
    const cursors = /"(?:channels|channel_seq)":(\{.*?\}\}|\{.*?\})/.exec(text)?.[1] ?? "";
    return `${name} ${cursors}`;
  }
  return text.replace(/"op":"(\w+)",?/, "$1 ").slice(0, 160);
}
