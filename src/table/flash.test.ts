import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { endFlash, flash } from "./flash.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

const row = () => ({ dataset: {} as DOMStringMap }) as HTMLElement;
const isMarked = ({ dataset }: HTMLElement) => "changed" in dataset;

it("marks a row for a moment, and then runs no more", () => {
  const changed = row();
  flash(changed);
  vi.advanceTimersByTime(599);
  expect(isMarked(changed)).toBe(true);
  vi.advanceTimersByTime(201);
  expect(isMarked(changed)).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

it("marks a row that changes again from then on, and lets others go before it", () => {
  const [again, once] = [row(), row()];
  flash(again);
  flash(once);
  vi.advanceTimersByTime(500);
  flash(again);
  vi.advanceTimersByTime(300);
  expect([isMarked(again), isMarked(once)]).toEqual([true, false]);
  vi.advanceTimersByTime(500);
  expect(isMarked(again)).toBe(false);
});

it("takes a mark back at once where its element is given another row", () => {
  const [given, kept] = [row(), row()];
  flash(given);
  flash(kept);
  endFlash(given);
  expect([isMarked(given), isMarked(kept)]).toEqual([false, true]);
  vi.advanceTimersByTime(800);
  expect([isMarked(kept), vi.getTimerCount()]).toEqual([false, 0]);
});
