/**
 * Asks again only once the last question has been answered or refused, so that a worker that does not answer is left
 * with one. A refusal is the caller's, as it came.
 */
export function oneAtATime(ask: () => Promise<void>): () => Promise<void> {
  let asking = false;
  return async () => {
    if (asking) return;
    asking = true;
    try {
      await ask();
    } finally {
      asking = false;
    }
  };
}
