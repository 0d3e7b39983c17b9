/** Numbers, spans and times as the page writes them. All exact: nothing is rounded but where the name says so. */

const grouped = new Intl.NumberFormat("en-US");

/** 5000 -> "5,000". */
export function count(value: number): string {
  return grouped.format(value);
}

/** A duration to two units at most: "400 ms", "1.4 s", "3 m 20 s", "5 h 2 m", "4 d 3 h". Negative spans read as 0. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(Math.floor(whole / 60), "m", whole % 60, "s");
  if (whole < 86_400) return two(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "m");
  return two(Math.floor(whole / 86_400), "d", Math.floor((whole % 86_400) / 3600), "h");
}

function two(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major} ${majorUnit}` : `${major} ${majorUnit} ${minor} ${minorUnit}`;
}

/** A whole-second age that does not flicker: "0 s", "12 s", then as `span`. */
export function age(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  return seconds < 60 ? `${seconds} s` : span(seconds * 1000);
}

/** Unix ms -> "2026-11-21 10:22:03.123 UTC"; text for a value that no date can hold. */
export function utc(unixMs: number): string {
  if (!Number.isFinite(unixMs) || Math.abs(unixMs) > 8.64e15) return `${unixMs} ms`;
  return `${new Date(unixMs).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** Milliseconds of a measurement, rounded for the eye: "0.42 ms", "12.1 ms", "350 ms". */
export function milliseconds(ms: number): string {
  return `${ms < 1 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

/** A size, rounded for the eye: "812 B", "48.1 KiB", "11.82 MiB". */
export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  return size < 2 ** 20 ? `${(size / 1024).toFixed(1)} KiB` : `${(size / 2 ** 20).toFixed(2)} MiB`;
}

/** A share, rounded for the eye: 0.0123 -> "1.2 %". */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A rate, rounded for the eye: "0.4", "22.1", "1,240". */
export function rate(perSecond: number): string {
  return perSecond < 100 ? perSecond.toFixed(1) : count(Math.round(perSecond));
}

/** A decimal integer divided by 10^decimals, exactly and without trailing zeros: ("1500", 3) -> "1.5". */
export function scaled(integer: string, decimals: number): string {
  const negative = integer.startsWith("-");
  const digits = (negative ? integer.slice(1) : integer).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${negative ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** "0x0123456789...": head and tail of a long hex text. */
export function shortHex(hex: string): string {
  return hex.length <= 14 ? hex : `${hex.slice(0, 8)}…${hex.slice(-4)}`;
}

/** A reason as a sentence: "no answer" -> "No answer." */
export function sentence(reason: string): string {
  const text = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
