/** Metrics that somebody else counts: read when they are scraped. */
import { Counter, Gauge, type Registry } from "prom-client";

type Read = () => Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>;

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: string[];
}

export function scrapedGauge(registry: Registry, described: Described, read: Read): void {
  const gauge = new Gauge({
    ...described,
    registers: [],
    collect() {
      for (const [labels, value] of read()) this.set(labels, value);
    },
  });
  registry.registerMetric(gauge);
}

export function scrapedCounter(registry: Registry, described: Described, read: Read): void {
  const counter = new Counter({
    ...described,
    registers: [],
    collect() {
      this.reset();
      for (const [labels, total] of read()) this.inc(labels, total);
    },
  });
  registry.registerMetric(counter);
}
