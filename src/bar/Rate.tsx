import { rate } from "../format.ts";
import { RATE_SAMPLES, useStatus } from "../stores/status.ts";
import { TEXT } from "../text.ts";
import styles from "./Gauges.module.css";

const WIDTH = 96;
const HEIGHT = 20;

/** Rows per second, with the last minute as a line. */
export function Rate() {
  const rates = useStatus((state) => state.rates);
  const latest = rates.at(-1);
  return (
    <span className={styles.gauge} title={TEXT.bar.rateTitle} data-testid="rate">
      <svg
        className={styles.spark}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        width={WIDTH}
        height={HEIGHT}
        aria-hidden
      >
        <polyline points={sparkline(rates)} />
      </svg>
      <b>{latest === undefined ? TEXT.connection.unknown : rate(latest)}</b>
      <span>{TEXT.bar.rate}</span>
    </span>
  );
}

/** The newest sample at the right edge; the scale is from 0 to the highest of the minute. */
function sparkline(rates: readonly number[]): string {
  const top = Math.max(1, ...rates);
  const step = WIDTH / (RATE_SAMPLES - 1);
  return rates
    .map((value, at) => {
      const x = WIDTH - (rates.length - 1 - at) * step;
      const y = HEIGHT - 1 - (value / top) * (HEIGHT - 2);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
