/** Receives the worker's frames: apply, commit, paint, acknowledge; and only then does the worker send the next. */
import { flushSync } from "react-dom";
import type { Frame, FrameAck } from "../../workers/api.ts";
import { workerTime } from "../stores/clock.ts";
import { createPaintClock } from "./painted.ts";

/** Returns the stop. `apply` sets the stores; React commits what it changed before `apply`'s flush returns. */
export function receiveFrames(port: MessagePort, apply: (frame: Frame) => void): () => void {
  const paint = createPaintClock();
  port.onmessage = ({ data: frame }: MessageEvent<Frame>) => {
    const began = performance.now();
    try {
      flushSync(() => apply(frame));
    } finally {
      // Also of a frame that threw: without its acknowledgement the worker would never send another.
      const commit_ms = performance.now() - began;
      paint.afterPaint(() => {
        const painted_ms = workerTime();
        port.postMessage({ frame: frame.frame, commit_ms, painted_ms } satisfies FrameAck);
      });
    }
  };
  return () => {
    paint.dispose();
    port.close();
  };
}
