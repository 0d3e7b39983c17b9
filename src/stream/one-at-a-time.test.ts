import { expect, it } from "vitest";
import { oneAtATime } from "./one-at-a-time.ts";

it("leaves one question to a worker that does not answer, and asks again when it has", async () => {
  const answers: (() => void)[] = [];
  const ask = oneAtATime(
    () =>
      new Promise((resolve) => {
        answers.push(resolve);
      }),
  );
  const first = ask();
  for (let second = 0; second < 60; second++) await ask();
  expect(answers).toHaveLength(1);
  answers[0]?.();
  await first;
  void ask();
  expect(answers).toHaveLength(2);
});

it("asks again after a refusal, which it passes on", async () => {
  let asked = 0;
  const ask = oneAtATime(async () => {
    asked++;
    if (asked === 1) throw new Error("worker gone");
  });
  await expect(ask()).rejects.toThrow("worker gone");
  await ask();
  expect(asked).toBe(2);
});
