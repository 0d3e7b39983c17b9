/** The design tokens as a canvas wants them: resolved for the theme that is on. */

const TOKENS = {
  surface: "--surface-1",
  grid: "--row-line",
  line: "--line-strong",
  text: "--text-muted",
  strong: "--text",
  label: "--surface-3",
  good: "--good",
  bad: "--bad",
  warn: "--warn",
} as const;

export type Colours = Readonly<Record<keyof typeof TOKENS, string>>;

/** Resolved by the browser on `element`, which must be in the document: a token is a pair for light and dark. */
export function coloursOn(element: HTMLElement): Colours {
  const before = element.style.color;
  const colours = Object.fromEntries(
    Object.entries(TOKENS).map(([name, token]) => {
      element.style.color = `var(${token})`;
      return [name, getComputedStyle(element).color];
    }),
  );
  element.style.color = before;
  return colours as Record<keyof typeof TOKENS, string>;
}

/** Of what stands back in a chart, its volume and its hatching, and is still seen (styles/contrast.test.ts). */
export const FADED_OPACITY = 0.7;

/** "rgb(1, 2, 3)" with an opacity. */
export function faded(colour: string, opacity: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${opacity})`);
}
