/** The relay's limits, those of a producer that feeds one, and those of a source that reads one. */
export const RELAY_LIMITS = {
  /** What the replay ring of a domain holds, unless it is told otherwise. */
  ring_bytes: 67_108_864,
  /** Messages in it, at the most. */
  ring_messages_count: 1_048_576,
  /** The ring grows and sheds by so many bytes at a time, and a consumer is given so many at once. */
  segment_bytes: 65_536,
  /** Messages in a segment, at the most. */
  segment_messages_count: 2_048,
  /** Tokens, pools and instruments whose description is kept for readers that come late. */
  directory_count: 65_536,
  /** What these descriptions take, at the most. */
  directory_bytes: 33_554_432,
  /** Once so many bytes wait they are given to the consumers, */
  flush_threshold_bytes: 4_096,
  /** and fewer so long after the last time, unless it is told otherwise, */
  flush_interval_ms: 2,
  /** which may be this at the most. */
  max_flush_interval_ms: 20,
  /** A peer that was written nothing for so long is written a keep-alive. */
  keep_alive_ms: 1_000,
  /** A connection that has written nothing for so long after it began is a plain consumer. */
  first_word_ms: 200,
  /** A message that is incomplete for so long is damage. */
  half_message_ms: 250,
  /** A producer that writes nothing for so long, no keep-alive either, is dead, unless it is told otherwise. */
  producer_silence_ms: 10_000,
  /** A consumer whose socket has not taken what it was given within this is cut. */
  consumer_stall_ms: 10_000,
  /** A connection that was told why it is cut has so long to take that. */
  linger_ms: 1_000,
  /** How often silence, stalls and quiet are looked for. */
  check_ms: 250,
  /** Connections of a domain; more are refused. */
  max_connections_count: 512,
  /** Producers of a domain; more are cut. */
  max_producers_count: 64,
  /** A connection that writes so many bytes without a request or a whole message counts as a producer. */
  max_request_bytes: 4_096,
  /** What a producer of ours keeps while its relay is away; older messages are dropped. */
  outlet_bytes: 16_777_216,
  /** Messages in it, at the most. */
  outlet_messages_count: 262_144,
  /** After a reconnect it sends so many bytes anew, which the relay before may have taken and not passed on. */
  outlet_repeat_bytes: 1_048_576,
  /** Reconnecting: the first wait, */
  backoff_first_ms: 100,
  /** and the longest. */
  backoff_most_ms: 1_000,
  /** A connection is made within this, or given up. */
  connect_timeout_ms: 5_000,
  /** A message of a relay's stream that is incomplete for so long is asked for anew, over another connection. */
  relay_half_message_ms: 1_500,
  /** A relay that writes a reader nothing for so long, no keep-alive either, is taken for dead. */
  relay_silence_ms: 5_000,
} as const;

function check(holds: boolean, relation: string): void {
  if (!holds) throw new Error(`limits: ${relation} does not hold`);
}

const L = RELAY_LIMITS;
check(L.flush_interval_ms <= L.max_flush_interval_ms, "flush_interval_ms <= max_flush_interval_ms");
check(
  L.keep_alive_ms + L.check_ms <= 2_000,
  "keep_alive_ms + check_ms <= 2000 (else a quiet stream looks dead)",
);
check(
  (L.keep_alive_ms + L.check_ms) * 2 <= L.relay_silence_ms,
  "2 * (keep_alive_ms + check_ms) <= relay_silence_ms (else one late keep-alive ends a connection)",
);
check(L.keep_alive_ms * 4 <= L.producer_silence_ms, "4 * keep_alive_ms <= producer_silence_ms");
check(
  L.segment_bytes * 16 <= L.ring_bytes,
  "16 * segment_bytes <= ring_bytes (else a ring sheds much at once)",
);
check(L.outlet_repeat_bytes < L.outlet_bytes, "outlet_repeat_bytes < outlet_bytes");
