/**
 * Reads the index that Python LTMC pickled: a dict of `dimension`, `vectors` (a list of NumPy arrays of float32)
 * and `vector_count`. Nothing is ever unpickled: this is a small machine for the opcodes which those files
 * consist of (https://github.com/python/cpython/blob/main/Lib/pickletools.py). It knows three names, calls
 * nothing, keeps positions instead of payloads, and refuses everything else.
 */
import { limits } from '../limits.ts';
import type { FileReader } from './file-reader.ts';

/** Where each vector's float32 numbers lie in the file, in the order in which they were stored. */
export interface VectorPositions {
  dimensions: number;
  offsets: number[];
}

type Value =
  | null
  | boolean
  | number
  | string
  | { kind: 'bytes'; offset: number; length: number }
  | { kind: 'name'; name: string }
  | { kind: 'tuple'; items: Value[] }
  | { kind: 'list'; items: Value[] }
  | { kind: 'dict'; entries: Map<string, Value> }
  | { kind: 'dtype'; isFloat32: boolean }
  | { kind: 'array'; offset: number; length: number };

const mark = Symbol('mark');
const knownNames = new Set([
  'numpy._core.multiarray _reconstruct',
  'numpy.core.multiarray _reconstruct',
  'numpy ndarray',
  'numpy dtype',
]);

/** Throws a plain Error that says what was met instead. */
export function readPickledVectors(file: FileReader): VectorPositions {
  const result = new PickleMachine(file).run();
  if (!isKind(result, 'dict')) throw new Error('the pickle is no dict');
  const vectors = result.entries.get('vectors');
  const dimensions = result.entries.get('dimension');
  if (vectors === undefined || !isKind(vectors, 'list') || typeof dimensions !== 'number') {
    throw new Error('the pickle holds no list of vectors');
  }
  const offsets = vectors.items.map((item) => {
    if (!isKind(item, 'array') || item.length !== dimensions * 4) {
      throw new Error(`a vector is no array of ${dimensions} float32 numbers`);
    }
    return item.offset;
  });
  return { dimensions, offsets };
}

class PickleMachine {
  readonly #file: FileReader;
  readonly #stack: (Value | typeof mark)[] = [];
  readonly #memo: Value[] = [];

  constructor(file: FileReader) {
    this.#file = file;
  }

  run(): Value {
    if (this.#file.byte() !== 0x80) throw new Error('it does not begin like a pickle');
    const protocol = this.#file.byte();
    if (protocol < 2 || protocol > 5) throw new Error(`pickle protocol ${protocol}`);
    for (;;) {
      const opcode = this.#file.byte();
      if (opcode === 0x2e) return this.#pop();
      this.#step(opcode);
      if (this.#stack.length > limits.pickleStackMax) throw new Error('the pickle is too deep');
    }
  }

  #step(opcode: number): void {
    const file = this.#file;
    switch (opcode) {
      case 0x95: // FRAME
        file.skip(8);
        return;
      case 0x7d: // EMPTY_DICT
        this.#push({ kind: 'dict', entries: new Map() });
        return;
      case 0x5d: // EMPTY_LIST
        this.#push({ kind: 'list', items: [] });
        return;
      case 0x29: // EMPTY_TUPLE
        this.#push({ kind: 'tuple', items: [] });
        return;
      case 0x28: // MARK
        this.#stack.push(mark);
        return;
      case 0x4e: // NONE
        this.#push(null);
        return;
      case 0x88: // NEWTRUE
        this.#push(true);
        return;
      case 0x89: // NEWFALSE
        this.#push(false);
        return;
      case 0x4b: // BININT1
        this.#push(file.byte());
        return;
      case 0x4d: // BININT2
        this.#push(file.bytes(2).readUInt16LE());
        return;
      case 0x4a: // BININT
        this.#push(file.bytes(4).readInt32LE());
        return;
      case 0x8c: // SHORT_BINUNICODE
        this.#push(this.#text(file.byte()));
        return;
      case 0x58: // BINUNICODE
        this.#push(this.#text(file.bytes(4).readUInt32LE()));
        return;
      case 0x43: // SHORT_BINBYTES
        this.#push(this.#payload(file.byte()));
        return;
      case 0x42: // BINBYTES
        this.#push(this.#payload(file.bytes(4).readUInt32LE()));
        return;
      case 0x94: // MEMOIZE
        this.#memo.push(this.#top());
        if (this.#memo.length > limits.pickleStackMax) throw new Error('the pickle is too large');
        return;
      case 0x68: // BINGET
        this.#push(this.#remembered(file.byte()));
        return;
      case 0x6a: // LONG_BINGET
        this.#push(this.#remembered(file.bytes(4).readUInt32LE()));
        return;
      case 0x93: // STACK_GLOBAL
        this.#name();
        return;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.#push({ kind: 'tuple', items: this.#popMany(opcode - 0x84) });
        return;
      case 0x74: // TUPLE
        this.#push({ kind: 'tuple', items: this.#popToMark() });
        return;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        return;
      case 0x65: // APPENDS
        this.#append(this.#popToMark());
        return;
      case 0x73: // SETITEM
        this.#setItems(this.#popMany(2));
        return;
      case 0x75: // SETITEMS
        this.#setItems(this.#popToMark());
        return;
      case 0x52: // REDUCE
        this.#reduce();
        return;
      case 0x62: // BUILD
        this.#build();
        return;
      default:
        throw new Error(`opcode 0x${opcode.toString(16)}, which the old server never wrote`);
    }
  }

  #push(value: Value): void {
    this.#stack.push(value);
  }

  #pop(): Value {
    const value = this.#stack.pop();
    if (value === undefined || value === mark) throw new Error('the pickle is broken');
    return value;
  }

  #top(): Value {
    const value = this.#pop();
    this.#push(value);
    return value;
  }

  #popMany(count: number): Value[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #popToMark(): Value[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at === -1) throw new Error('the pickle is broken');
    const items = this.#stack.splice(at);
    return items.slice(1) as Value[];
  }

  #text(bytes: number): string {
    if (bytes > limits.pickleTextBytesMax) throw new Error(`a text of ${bytes} bytes`);
    return this.#file.bytes(bytes).toString('utf8');
  }

  #payload(length: number): Value {
    const offset = this.#file.position;
    this.#file.skip(length);
    return { kind: 'bytes', offset, length };
  }

  #remembered(index: number): Value {
    const value = this.#memo[index];
    if (value === undefined) throw new Error('the pickle is broken');
    return value;
  }

  #name(): void {
    const [module, own] = this.#popMany(2);
    const name = `${String(module)} ${String(own)}`;
    if (!knownNames.has(name)) throw new Error('it names code that the old server never wrote');
    this.#push({ kind: 'name', name });
  }

  #append(items: Value[]): void {
    const list = this.#top();
    if (!isKind(list, 'list')) throw new Error('the pickle is broken');
    if (list.items.length + items.length > limits.legacyIndexVectorsMax) throw new Error('too many vectors');
    for (const item of items) list.items.push(item);
  }

  #setItems(items: Value[]): void {
    const dict = this.#top();
    if (!isKind(dict, 'dict') || items.length % 2 === 1) throw new Error('the pickle is broken');
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (typeof key !== 'string') throw new Error('a dict whose keys are no texts');
      dict.entries.set(key, items[i + 1] as Value);
    }
  }

  /** `_reconstruct(ndarray, (0,), b'b')` and `dtype('f4', False, True)`; nothing else is made. */
  #reduce(): void {
    const [callee, given] = this.#popMany(2) as [Value, Value];
    if (!isKind(callee, 'name') || !isKind(given, 'tuple')) throw new Error('the pickle calls something');
    if (callee.name.endsWith(' _reconstruct')) this.#push({ kind: 'array', offset: -1, length: -1 });
    else if (callee.name === 'numpy dtype') this.#push({ kind: 'dtype', isFloat32: given.items[0] === 'f4' });
    else throw new Error('the pickle calls something');
  }

  /** A dtype's byte order, or an array's (version, shape, dtype, is Fortran, bytes). */
  #build(): void {
    const state = this.#pop();
    const target = this.#top();
    if (!isKind(state, 'tuple')) throw new Error('the pickle is broken');
    if (isKind(target, 'dtype')) {
      if (state.items[1] !== '<') throw new Error('vectors that are not little-endian');
      return;
    }
    const [, shape, dtype, isFortran, bytes] = state.items;
    const fits =
      isKind(target, 'array') &&
      isKind(shape, 'tuple') &&
      shape.items.length === 1 &&
      isKind(dtype, 'dtype') &&
      dtype.isFloat32 &&
      isFortran === false &&
      isKind(bytes, 'bytes') &&
      bytes.length === Number(shape.items[0]) * 4;
    if (!fits) throw new Error('an array that is no vector of float32');
    target.offset = bytes.offset;
    target.length = bytes.length;
  }
}

function isKind<Kind extends string>(
  value: Value | undefined,
  kind: Kind,
): value is Extract<Value, { kind: Kind }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}
