import { expect, it } from "vitest";
import { ariaSort, nextSort } from "./sort.ts";

it("goes from ascending to descending to the panel's own order", () => {
  const ascending = nextSort(null, "price", null);
  expect(ascending).toEqual({ column: "price", direction: "asc" });
  const descending = nextSort(ascending, "price", null);
  expect(descending).toEqual({ column: "price", direction: "desc" });
  expect(nextSort(descending, "price", null)).toBeNull();
});

it("goes back to the panel's own sorted column", () => {
  const own = { column: "pair", direction: "asc" } as const;
  expect(nextSort({ column: "price", direction: "desc" }, "price", own)).toEqual(own);
});

it("starts a new column ascending", () => {
  expect(nextSort({ column: "price", direction: "desc" }, "pair", null)).toEqual({
    column: "pair",
    direction: "asc",
  });
});

it("says the order of the sorted column alone", () => {
  expect(ariaSort({ column: "price", direction: "asc" }, "price")).toBe("ascending");
  expect(ariaSort({ column: "price", direction: "desc" }, "price")).toBe("descending");
  expect(ariaSort({ column: "price", direction: "desc" }, "pair")).toBe("none");
  expect(ariaSort(null, "pair")).toBe("none");
});
