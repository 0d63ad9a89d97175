import { dimensions, kernelBytes, type RowsAt, scannedRowsMax } from './scan-kernel.ts';

/** Rows that belong together: a block is scanned or left out as a whole. */
export const rowsPerBlock = 64;
export const rowsPerSegment = scannedRowsMax;

/** A segment's parts one behind another: its rows, their scales, corrections, owner ids and vector ids. */
export const scalesOffset = rowsPerSegment * dimensions;
export const correctionsOffset = scalesOffset + rowsPerSegment * 4;
export const ownersOffset = correctionsOffset + rowsPerSegment * 4;
export const vectorsOffset = ownersOffset + rowsPerSegment * 8;
export const segmentBytes = vectorsOffset + rowsPerSegment * 8;

/** Where the segment of a slot begins. */
export function segmentAt(slot: number): number {
  return kernelBytes + Math.floor(slot / rowsPerSegment) * segmentBytes;
}

/** Where the row of a slot is, and those of the slots behind it in its segment. */
export function rowsAt(slot: number): RowsAt {
  const segment = segmentAt(slot);
  const index = slot % rowsPerSegment;
  return {
    row: segment + index * dimensions,
    scale: segment + scalesOffset + index * 4,
    correction: segment + correctionsOffset + index * 4,
  };
}
