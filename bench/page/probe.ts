/** Watches a page from within: when its first row is painted, and how old each of its worker's frames is by then. */
import type { BrowserContext, Page } from "@playwright/test";
import type { Frame, FrameAck } from "../../workers/api.ts";

/** One frame that brought rows, from their receipt in the worker. */
export interface PaintedFrame {
  /** To the frame's arrival in the page: applied, waited for the cadence, composed, posted. */
  arrived_ms: number;
  /** React's commit alone. */
  commit_ms: number;
  /** To after the paint. */
  painted_ms: number;
}

interface Probe {
  /** From the navigation's start. */
  first_row: Promise<number>;
  frames: PaintedFrame[];
}

declare global {
  interface Window {
    bench: Probe;
  }
}

/** For every page of `context` that is opened from now on. `row` selects what counts as a row on the screen. */
export async function installProbe(context: BrowserContext, row: string): Promise<void> {
  // No named function in it: that would refer to the compiler's own helper.
  await context.addInitScript((selector) => {
    const first_row = new Promise<number>((resolve) => {
      new MutationObserver((_, observer) => {
        if (document.querySelector(selector) === null) return;
        observer.disconnect();
        requestAnimationFrame(() => {
          // A message posted before the paint is handled after it.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now());
          port2.postMessage(null);
        });
      }).observe(document, { childList: true, subtree: true });
    });
    window.bench = { first_row, frames: [] };

    // The frames come in by the first port of a channel, and their acknowledgements go out by it.
    window.MessageChannel = class extends MessageChannel {
      constructor() {
        super();
        const { port1 } = this;
        let received_ms: number | null = null;
        let arrived_ms = 0;
        port1.addEventListener("message", ({ data }: MessageEvent<Partial<Frame> | null>) => {
          received_ms = data?.received_ms ?? null;
          arrived_ms = performance.timeOrigin + performance.now();
        });
        const post = port1.postMessage.bind(port1);
        port1.postMessage = (message: Partial<FrameAck> | null, ...rest: never[]) => {
          post(message, ...rest);
          if (received_ms === null || message?.painted_ms === undefined) return;
          window.bench.frames.push({
            arrived_ms: arrived_ms - received_ms,
            commit_ms: message.commit_ms ?? 0,
            painted_ms: message.painted_ms - received_ms,
          });
        };
      }
    };
  }, row);
}

/** The frames that are painted in the next `for_ms`. */
export async function paintedFrames(page: Page, for_ms: number): Promise<PaintedFrame[]> {
  await page.evaluate(() => {
    window.bench.frames = [];
  });
  await page.waitForTimeout(for_ms);
  return page.evaluate(() => window.bench.frames);
}

/** Animation frames a second that the page gets when it wants all of them, over `for_ms`. */
export async function animationFrameRate(page: Page, for_ms: number): Promise<number> {
  return page.evaluate(
    (end_ms) =>
      new Promise<number>((resolve) => {
        const began = performance.now();
        let frames = 0;
        const loop = {
          next(): void {
            requestAnimationFrame(() => {
              frames++;
              const passed = performance.now() - began;
              if (passed < end_ms) this.next();
              else resolve((frames * 1_000) / passed);
            });
          },
        };
        loop.next();
      }),
    for_ms,
  );
}
