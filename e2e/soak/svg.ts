/** Just enough of a chart library: scales, ticks, and marks as SVG text. Pure. */

export type Scale = (value: number) => number;

/** Maps [from, to] onto [low, high]; a domain of one point maps to `low`. */
export function linear([from, to]: [number, number], [low, high]: [number, number]): Scale {
  const span = to - from;
  return (value) => (span === 0 ? low : low + ((value - from) / span) * (high - low));
}

/** Round values from 0 that reach `max`, at most `count` steps: [0, step, 2 step, ...]. */
export function ticks(max: number, count: number): number[] {
  const rough = Math.max(max, Number.MIN_VALUE) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
  const steps = Math.max(1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: steps + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

/** An element; numbers are rounded to a tenth, which is less than anyone sees. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: string[]
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(plain(value))}"`);
  const head = `<${name}${written.join("")}`;
  return children.length === 0 ? `${head}/>` : `${head}>${children.join("")}</${name}>`;
}

export function text(attributes: Readonly<Record<string, string | number>>, content: string): string {
  return element("text", attributes, escape(content));
}

/** A line through the points, as the `d` of a path. */
export function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], at) => `${at === 0 ? "M" : "L"}${plain(x)} ${plain(y)}`).join("");
}

export function escape(content: string): string {
  return content
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function plain(value: string | number): string {
  return typeof value === "string" ? value : String(Math.round(value * 10) / 10);
}
