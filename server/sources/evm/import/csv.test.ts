import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CsvError, readCsv } from "./csv.ts";

const cells = (text: string): string[][] => [...readCsv(text)].map((record) => [...record.cells]);

describe("CSV", () => {
  test("plain, quoted, doubled quotes, commas and line breaks inside quotes", () => {
    expect(cells('a,b\n1,"x, ""y""\nz"\n')).toEqual([
      ["a", "b"],
      ["1", 'x, "y"\nz'],
    ]);
  });

  test("any line end, none at the end, empty cells, empty lines, a byte order mark", () => {
    expect(cells("\ufeffa,b\r\n1,\r,2\n\n\n3,4")).toEqual([
      ["a", "b"],
      ["1", ""],
      ["", "2"],
      ["3", "4"],
    ]);
    expect(cells("a,")).toEqual([["a", ""]]);
    expect(cells("")).toEqual([]);
  });

  test("a record says on which line it begins, also after line breaks in quotes", () => {
    expect([...readCsv('a\n"x\ny\r\nz",1\n\nb')].map(({ line }) => line)).toEqual([1, 2, 6]);
  });

  test.each([
    ['a\nb,"open', 2, "a quoted cell has no proper end"],
    ['a\n"x"y\n', 2, "a quoted cell has no proper end"],
    ['a\nb"c\n', 2, "a quote inside a plain cell"],
  ])("damage in %j is an error with its line", (text, line, message) => {
    expect(() => cells(text)).toThrow(message);
    try {
      cells(text);
    } catch (error) {
      expect((error as CsvError).line).toBe(line);
    }
  });

  test("two readers at once do not disturb each other", () => {
    const [one, two] = [readCsv("a\nb\nc"), readCsv("1,2\n3,4")];
    expect(
      [one.next(), two.next(), one.next(), two.next(), one.next()].map(({ value }) => value?.cells),
    ).toEqual([["a"], ["1", "2"], ["b"], ["3", "4"], ["c"]]);
  });

  test("megabytes without a closing quote are refused at once", () => {
    for (const piece of ["x,\n", "x", '""']) {
      expect(() => cells(`a\n"${piece.repeat(3_000_000)}`)).toThrow(CsvError);
    }
    expect(cells(`"${'""'.repeat(3_000_000)}"`)[0]?.[0]).toHaveLength(3_000_000);
  });

  test("any cells written in quotes come back", () => {
    const cellsOfRow = fc.array(fc.string(), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(cellsOfRow, { minLength: 1, maxLength: 5 }), (rows) => {
        const text = rows
          .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(","))
          .join("\n");
        expect(cells(text)).toEqual(rows);
      }),
    );
  });
});
