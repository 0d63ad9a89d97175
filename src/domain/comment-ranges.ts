import type { CommentSyntax, StringForm } from './comment-syntax.ts';

export interface CommentRange {
  start: number;
  end: number;
}

const characterLiteral = /'(?:\\(?:u\{[0-9a-fA-F_]{1,8}\}|x[0-9a-fA-F]{2}|.)|[^\\'\n])'/uy;
const rawString = /b?r(#{0,16})"/y;
const docstringOpening = /[rRuU]?(?:"""|'''|"|')/y;
const regexLiteral = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n]){0,100}\]|[^/\\[\n]){1,300}\//y;
const valueMayFollow =
  /(?:^|[=(,:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|void|delete|do|else|await|yield))$/;

/**
 * Where the comments of a piece of code lie, in order and without overlap. One pass: it reads each character a
 * bounded number of times, respects strings, and takes what never ends for no comment and no string.
 */
export function commentRanges(code: string, syntax: CommentSyntax): CommentRange[] {
  return new CommentScan(code, syntax).run();
}

class CommentScan {
  readonly #code: string;
  readonly #syntax: CommentSyntax;
  readonly #ranges: CommentRange[] = [];
  /** Closing marks that do not occur from here on: what they would close is not open. */
  readonly #absent = new Set<string>();
  /** Open braces in each `${` of a template literal that the scan is inside of. */
  readonly #templateBraces: number[] = [];
  /** Characters that may begin something; all others are passed over. */
  readonly #interesting: Set<string>;
  #at = 0;
  #brackets = 0;
  #statementStart = true;

  constructor(code: string, syntax: CommentSyntax) {
    this.#code = code;
    this.#syntax = syntax;
    const openings = [
      ...syntax.line,
      ...syntax.block.map(({ open }) => open),
      ...syntax.strings.map(({ open }) => open),
    ];
    this.#interesting = new Set(openings.map((open) => open[0]!));
    for (const character of syntax.javascript ? '`/{}' : '') this.#interesting.add(character);
    for (const character of syntax.rust ? "'rb" : '') this.#interesting.add(character);
    for (const character of syntax.docstrings ? 'rRuU()[]{}\n;\\' : '') this.#interesting.add(character);
  }

  run(): CommentRange[] {
    const code = this.#code;
    while (this.#at < code.length) {
      const character = code[this.#at]!;
      if (!this.#interesting.has(character)) {
        if (character !== ' ' && character !== '\t' && character !== '\r') this.#statementStart = false;
        this.#at += 1;
        continue;
      }
      if (!this.#comment() && !this.#literal() && !this.#docstringContext(character)) {
        this.#statementStart = false;
        this.#at += 1;
      }
    }
    return this.#ranges;
  }

  #comment(): boolean {
    for (const { open, close, nested } of this.#syntax.block) {
      if (!this.#code.startsWith(open, this.#at)) continue;
      const end = nested ? this.#nestedEnd(open, close) : this.#find(close, this.#at + open.length);
      if (end === -1) continue;
      // A block that begins with its line break leaves the break to the line before.
      const start = open[0] === '\n' ? this.#at + 1 : this.#at;
      return this.#take(start, end + close.length);
    }
    for (const mark of this.#syntax.line) {
      if (!this.#code.startsWith(mark, this.#at) || !this.#lineCommentMayBegin(mark)) continue;
      const lineEnd = this.#code.indexOf('\n', this.#at);
      return this.#take(this.#at, lineEnd === -1 ? this.#code.length : lineEnd);
    }
    return false;
  }

  #lineCommentMayBegin(mark: string): boolean {
    const before = this.#code[this.#at - 1] ?? '\n';
    if (mark === '#' && this.#syntax.spacedHash)
      return /[\s;(){}&|]/.test(before) && !this.#code.startsWith('#[', this.#at);
    // An address outside of a string, as in the text of JSX: `https://…`.
    return mark !== '//' || before !== ':' || /\s/.test(this.#code[this.#at + 2] ?? ' ');
  }

  #take(start: number, end: number): true {
    this.#ranges.push({ start, end });
    this.#at = end;
    return true;
  }

  #literal(): boolean {
    const { docstrings, javascript, rust, strings } = this.#syntax;
    if (docstrings && this.#statementStart && this.#brackets === 0 && this.#docstring()) return true;
    if (rust && this.#rustLiteral()) return true;
    if (javascript && this.#javascriptLiteral()) return true;
    for (const form of strings) {
      if (!this.#code.startsWith(form.open, this.#at)) continue;
      const end = this.#stringEnd(form, this.#at + form.open.length);
      if (end === -1) continue;
      this.#at = end;
      this.#statementStart = false;
      return true;
    }
    return false;
  }

  #docstring(): boolean {
    docstringOpening.lastIndex = this.#at;
    if (!docstringOpening.test(this.#code)) return false;
    const inside = docstringOpening.lastIndex;
    const form = this.#syntax.strings.find(
      ({ open }) => this.#code.slice(inside - open.length, inside) === open,
    );
    if (form === undefined) return false;
    const end = this.#stringEnd(form, inside);
    if (end === -1 || !this.#restOfLineIsEmpty(end)) return false;
    return this.#take(this.#at, end);
  }

  #restOfLineIsEmpty(from: number): boolean {
    let at = from;
    while (this.#code[at] === ' ' || this.#code[at] === '\t' || this.#code[at] === '\r') at += 1;
    const next = this.#code[at];
    return next === undefined || next === '\n' || next === '#' || next === ';';
  }

  /** Keeps count of what decides whether a Python string stands as a statement of its own. */
  #docstringContext(character: string): boolean {
    if (!this.#syntax.docstrings) return false;
    if (character === '\n' || character === ';') this.#statementStart = true;
    else if (character === '\\') this.#at += 1;
    else if ('([{'.includes(character)) this.#brackets += 1;
    else if (')]}'.includes(character)) this.#brackets = Math.max(0, this.#brackets - 1);
    else return false;
    if (character !== '\n' && character !== ';') this.#statementStart = false;
    this.#at += 1;
    return true;
  }

  #rustLiteral(): boolean {
    const character = this.#code[this.#at]!;
    if (character === "'") {
      characterLiteral.lastIndex = this.#at;
      this.#at = characterLiteral.test(this.#code) ? characterLiteral.lastIndex : this.#at + 1;
      return true;
    }
    if ((character !== 'r' && character !== 'b') || /\w/.test(this.#code[this.#at - 1] ?? ' ')) return false;
    rawString.lastIndex = this.#at;
    const opening = rawString.exec(this.#code);
    if (opening === null) return false;
    const close = `"${opening[1]}`;
    const end = this.#find(close, rawString.lastIndex);
    this.#at = end === -1 ? rawString.lastIndex : end + close.length;
    return true;
  }

  #javascriptLiteral(): boolean {
    const character = this.#code[this.#at]!;
    const braces = this.#templateBraces;
    if (character === '`') return this.#template(this.#at + 1);
    if (braces.length > 0 && character === '{') braces[braces.length - 1]! += 1;
    if (braces.length > 0 && character === '}') {
      if (braces[braces.length - 1] === 0) {
        braces.pop();
        return this.#template(this.#at + 1);
      }
      braces[braces.length - 1]! -= 1;
    }
    if (
      character !== '/' ||
      !valueMayFollow.test(this.#code.slice(Math.max(0, this.#at - 30), this.#at).trimEnd())
    ) {
      return false;
    }
    regexLiteral.lastIndex = this.#at;
    if (!regexLiteral.test(this.#code)) return false;
    this.#at = regexLiteral.lastIndex;
    return true;
  }

  /** From inside a template literal to its end, or to the code in it. */
  #template(from: number): true {
    let at = from;
    for (; at < this.#code.length; at += 1) {
      const character = this.#code[at];
      if (character === '\\') at += 1;
      else if (character === '`') break;
      else if (character === '$' && this.#code[at + 1] === '{') {
        this.#templateBraces.push(0);
        at += 1;
        break;
      }
    }
    this.#at = at + 1;
    return true;
  }

  #stringEnd(form: StringForm, from: number): number {
    if (form.multiline && !form.escapes) {
      const end = this.#find(form.close, from);
      return end === -1 ? -1 : end + form.close.length;
    }
    if (form.multiline && this.#absent.has(form.close)) return -1;
    for (let at = from; at < this.#code.length; at += 1) {
      const character = this.#code[at];
      if (character === '\\' && form.escapes) at += 1;
      else if (character === '\n' && !form.multiline) return at;
      else if (this.#code.startsWith(form.close, at)) return at + form.close.length;
    }
    if (!form.multiline) return this.#code.length;
    this.#absent.add(form.close);
    return -1;
  }

  #nestedEnd(open: string, close: string): number {
    if (this.#absent.has(close)) return -1;
    let depth = 1;
    for (let at = this.#at + open.length; at < this.#code.length; ) {
      if (this.#code.startsWith(close, at)) {
        depth -= 1;
        if (depth === 0) return at;
        at += close.length;
      } else if (this.#code.startsWith(open, at)) {
        depth += 1;
        at += open.length;
      } else at += 1;
    }
    this.#absent.add(close);
    return -1;
  }

  #find(text: string, from: number): number {
    if (this.#absent.has(text)) return -1;
    const found = this.#code.indexOf(text, from);
    if (found === -1) this.#absent.add(text);
    return found;
  }
}
