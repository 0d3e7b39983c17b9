/** Prices and volumes as a chart writes them: rounded for the eye, each at the same number of places as its neighbours. */

/** Significant digits of a price. */
const DIGITS = 6;
const MOST_PLACES = 12;

/** Decimal places that show a price of this size to `DIGITS` digits. */
export function places(price: number): number {
  if (!Number.isFinite(price) || price === 0) return 2;
  return Math.min(MOST_PLACES, Math.max(0, DIGITS - 1 - Math.floor(Math.log10(Math.abs(price)))));
}

const formats = new Map<number, Intl.NumberFormat>();

/** At most one format a number of places, of which there are `MOST_PLACES` and one. */
export function priceText(price: number, count: number): string {
  let format = formats.get(count);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: count, maximumFractionDigits: count });
    formats.set(count, format);
  }
  return format.format(price);
}

const volumes = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 5 });

export function volumeText(volume: number): string {
  return volumes.format(volume);
}
