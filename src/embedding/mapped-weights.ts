/**
 * The shipped model file as a graph whose large tensors stay in the file. The runtime maps those, where it would
 * copy them twice: they cost no memory of the process's own, several processes share them, loading takes half the
 * time, and what is left in the C library's heap is so little that it goes back. The file is well-formed, because
 * its hash is that of the shipped one. Field numbers are those of onnx.proto.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** Of ModelProto, GraphProto and TensorProto. */
const modelGraph = 7;
const graphInitializer = 5;
const tensorRawData = 9;
const tensorExternalData = 13;
const tensorDataLocation = 14;
const external = 1;

const varintWire = 0;
const lengthDelimitedWire = 2;
/** Below this a tensor is copied. (Those above are not aligned; x64 and arm64, which the runtime is built for, allow that.) */
const mappedBytesMin = 65_536;
const readBytes = 65_536;

/** The tensors that are left out are named as lying in the file of that name, beside where the graph is. */
export function graphWithMappedWeights(path: string): Uint8Array {
  const file = new FileBytes(path);
  try {
    const model = fieldsOf(file, 0, file.size).map((field) =>
      field.number === modelGraph ? lengthDelimited(modelGraph, graph(file, field)) : file.whole(field),
    );
    return Buffer.concat(model);
  } finally {
    file.close();
  }
}

function graph(file: FileBytes, { start, end }: Field): Buffer {
  const parts = fieldsOf(file, start, end).map((field) =>
    field.number === graphInitializer
      ? lengthDelimited(graphInitializer, tensor(file, field))
      : file.whole(field),
  );
  return Buffer.concat(parts);
}

function tensor(file: FileBytes, { start, end }: Field): Buffer {
  const fields = fieldsOf(file, start, end);
  const raw = fields.find(({ number }) => number === tensorRawData);
  if (raw === undefined || raw.end - raw.start < mappedBytesMin) return file.copy(start, end);
  return Buffer.concat([
    ...fields.filter((field) => field !== raw).map((field) => file.whole(field)),
    externalData('location', file.name),
    externalData('offset', String(raw.start)),
    externalData('length', String(raw.end - raw.start)),
    varint((tensorDataLocation << 3) | varintWire),
    varint(external),
  ]);
}

function externalData(key: string, value: string): Buffer {
  const entry = [lengthDelimited(1, Buffer.from(key)), lengthDelimited(2, Buffer.from(value))];
  return lengthDelimited(tensorExternalData, Buffer.concat(entry));
}

interface Field {
  number: number;
  /** Where its tag begins, its value begins, and both end. */
  tagStart: number;
  start: number;
  end: number;
}

function fieldsOf(file: FileBytes, start: number, end: number): Field[] {
  const fields: Field[] = [];
  for (let tagStart = start; tagStart < end; tagStart = fields.at(-1)!.end) {
    const tag = file.varint(tagStart);
    const number = Math.floor(tag.value / 8);
    const wireType = tag.value % 8;
    if (wireType === lengthDelimitedWire) {
      const length = file.varint(tag.end);
      fields.push({ number, tagStart, start: length.end, end: length.end + length.value });
    } else if (wireType === varintWire) {
      fields.push({ number, tagStart, start: tag.end, end: file.varint(tag.end).end });
    } else {
      fields.push({ number, tagStart, start: tag.end, end: tag.end + (wireType === 1 ? 8 : 4) });
    }
  }
  return fields;
}

function lengthDelimited(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | lengthDelimitedWire), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return Buffer.from([...bytes, value]);
}

/** Reads here and there in a file without holding all of it. */
class FileBytes {
  readonly name: string;
  readonly size: number;
  readonly #file: number;
  readonly #window = Buffer.alloc(readBytes);
  #windowStart = 0;
  #windowEnd = 0;

  constructor(path: string) {
    this.name = basename(path);
    this.size = statSync(path).size;
    this.#file = openSync(path, 'r');
  }

  byte(offset: number): number {
    if (offset < this.#windowStart || offset >= this.#windowEnd) {
      const bytesRead = readSync(this.#file, this.#window, 0, readBytes, offset);
      if (bytesRead === 0) throw new Error('Expected more of the model file, got its end.');
      this.#windowStart = offset;
      this.#windowEnd = offset + bytesRead;
    }
    return this.#window[offset - this.#windowStart]!;
  }

  varint(offset: number): { value: number; end: number } {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.byte(offset++);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return { value, end: offset };
    }
  }

  /** A field with its tag. */
  whole({ tagStart, end }: Field): Buffer {
    return this.copy(tagStart, end);
  }

  copy(start: number, end: number): Buffer {
    const bytes = Buffer.alloc(end - start);
    for (let filled = 0; filled < bytes.length; ) {
      const bytesRead = readSync(this.#file, bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) throw new Error('Expected more of the model file, got its end.');
      filled += bytesRead;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#file);
  }
}
