/**
 * The checksums of many messages in a row, verified with one call of Node's native crc32: it runs at several times the speed
 * of tables in JavaScript, but a call costs as much as half a message.
 *
 * A message is A C B: 28 bytes, the stored checksum, the payload. If C = crc(A B) holds, then by CRC's linearity
 *
 *   crc(A C B) = C ^ shift(crc(A C) ^ crc(A), |B|)        shift(c, n): what n zero bytes make of c
 *
 * so the CRC that the whole run must have follows from the headers alone. One damaged message always makes it differ; several
 * cancel out with the odds of any CRC, 1 in 2^32.
 */
import { crc32, nativeCrc32, shiftCrc32 } from "./crc32.ts";
import { HEADER } from "./header.ts";
import { HEADER_BYTES, MAGIC } from "./registry.ts";

const RUN_MIN_BYTES = 4096;
const RUN_MAX_BYTES = 64 * 1024;
/** Tables of 4 kB are kept for so many payload sizes; a message of any other ends the run. */
const SIZES_MAX_COUNT = 64;

/** shift by a fixed number of bytes: the XOR of table[256 k + (byte k of the CRC)]. */
type ShiftTable = Int32Array;

function shiftTable(length: number): ShiftTable {
  const table = new Int32Array(4 * 256);
  for (let k = 0; k < 4; k++) {
    for (let byte = 1; byte < 256; byte++) {
      const lowestBit = byte & -byte;
      table[256 * k + byte] =
        byte === lowestBit
          ? shiftCrc32(byte << (8 * k), length)
          : (table[256 * k + lowestBit] as number) ^ (table[256 * k + (byte ^ lowestBit)] as number);
    }
  }
  return table;
}

function shift(crc: number, table: ShiftTable): number {
  return (
    table[crc & 255]! ^
    table[256 + ((crc >>> 8) & 255)]! ^
    table[512 + ((crc >>> 16) & 255)]! ^
    table[768 + (crc >>> 24)]!
  );
}

const BY_HEADER = shiftTable(HEADER_BYTES);
const bySize = new Map<number, ShiftTable>();

function tableFor(size: number): ShiftTable | undefined {
  let table = bySize.get(size);
  if (table === undefined && bySize.size < SIZES_MAX_COUNT) {
    table = shiftTable(size);
    bySize.set(size, table);
  }
  return table;
}

/**
 * The end of the run of whole, checksummed messages that begins at `start` if all their checksums hold; ~end if one does not,
 * or if the run is too short to be worth a call. Looks at nothing but magics, sizes and checksums.
 */
export function verifyRun(bytes: Uint8Array, data: DataView, start: number): number {
  if (nativeCrc32 === undefined) return ~bytes.length;
  const limit = Math.min(bytes.length, start + RUN_MAX_BYTES);
  let expected = 0;
  let end = start;
  while (end + HEADER_BYTES <= limit && data.getUint32(end, true) === MAGIC) {
    const size = data.getUint32(end + HEADER.payload_size, true);
    const checksum = data.getUint32(end + HEADER.checksum, true);
    const next = end + HEADER_BYTES + size;
    const table = next > limit || checksum === 0 ? undefined : tableFor(size);
    if (table === undefined) break;
    const before = crc32(data, end, end + HEADER.checksum);
    const after = crc32(data, end + HEADER.checksum, end + HEADER_BYTES, before);
    expected = checksum ^ shift(shift(expected, BY_HEADER) ^ before ^ after, table);
    end = next;
  }
  if (end - start < RUN_MIN_BYTES) return ~end;
  return nativeCrc32(bytes.subarray(start, end), 0) === expected >>> 0 ? end : ~end;
}
