/** JSON whose integers may be larger than a float holds, as ethereum-etl writes amounts in wei. */

/** 2^53 has 16 digits: what has fewer is exact. */
const LARGE_INTEGER = /^-?\d{16,}$/;

/** As JSON.parse, but integers of 16 digits and more become their decimal text. Throws SyntaxError. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(/\d{16}/.test(text) ? quoteLargeIntegers(text) : text);
}

function quoteLargeIntegers(text: string): string {
  // A text's beginning, or a whole number. Texts are skipped by hand: a pattern for them would need a stack as long.
  const token = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  let quoted = "";
  let done = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (found === '"') token.lastIndex = endOfText(text, match.index);
    else if (LARGE_INTEGER.test(found)) {
      quoted += `${text.slice(done, match.index)}"${found}"`;
      done = token.lastIndex;
    }
  }
  return quoted + text.slice(done);
}

/** Where the text that opens with a quote at `open` is over. */
function endOfText(text: string, open: number): number {
  let end = open;
  let slashes: number;
  do {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    slashes = 0;
    while (text[end - 1 - slashes] === "\\") slashes += 1;
  } while (slashes % 2 === 1);
  return end + 1;
}
