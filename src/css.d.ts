import "react";

declare module "react" {
  /** Custom properties in `style`. React sets them through the DOM, so a strict CSP lets them pass. */
  interface CSSProperties {
    [name: `--${string}`]: string | number;
  }
}
