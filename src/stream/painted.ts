/**
 * Calls back once what was committed has been painted: requestAnimationFrame runs before the paint, a message that it
 * posts is handled after it. A hidden page paints nothing and gets no animation frame, so there the call comes at once.
 */
export interface PaintClock {
  afterPaint(callback: () => void): void;
  dispose(): void;
}

export function createPaintClock(): PaintClock {
  const channel = new MessageChannel();
  // One frame is outstanding at a time, so this holds one callback, two in the moment when the page is hidden.
  let waiting: (() => void)[] = [];

  const flush = () => {
    const ready = waiting;
    waiting = [];
    for (const callback of ready) callback();
  };
  const onVisibility = () => {
    if (document.hidden) flush();
  };
  channel.port1.onmessage = flush;
  document.addEventListener("visibilitychange", onVisibility);

  return {
    afterPaint(callback) {
      waiting.push(callback);
      if (document.hidden) flush();
      else requestAnimationFrame(() => channel.port2.postMessage(null));
    },
    dispose() {
      document.removeEventListener("visibilitychange", onVisibility);
      channel.port1.close();
    },
  };
}
