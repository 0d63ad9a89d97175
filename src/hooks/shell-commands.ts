/** One command of a shell's command line. */
export interface ShellCommand {
  /** Without redirections: where its output goes is not what is run. */
  words: string[];
  /** The innermost parentheses around it; null: none. */
  subshell: Subshell | null;
  /** What stands behind it: `&&`, `||`, `;`, `|`, `&`, or '' at the end. */
  next: '&&' | '||' | ';' | '|' | '&' | '';
}

/** A pair of parentheses. */
export interface Subshell {
  /** The next one around it. */
  outer: Subshell | null;
}

/**
 * The commands of a POSIX shell's command line, in order, without running or expanding anything. It knows quotes,
 * substitutions, redirections, here documents and comments well enough to tell which programs are named. Linear,
 * never throws.
 */
export function shellCommands(line: string): ShellCommand[] {
  const reader = new LineReader(line);
  return reader.read();
}

class LineReader {
  readonly #line: string;
  readonly #commands: ShellCommand[] = [];
  #words: string[] = [];
  #word: string | null = null;
  #isTarget = false;
  /** Of here documents whose text begins at the next line. */
  #delimiters: string[] = [];
  #subshell: Subshell | null = null;

  constructor(line: string) {
    this.#line = line.replaceAll('\\\n', ' ');
  }

  read(): ShellCommand[] {
    const line = this.#line;
    let at = 0;
    while (at < line.length) {
      const character = line[at]!;
      const pair = line.slice(at, at + 2);
      if (character === "'" || character === '"') at = this.#quoted(at, character);
      else if (character === '\\') {
        this.#add(line[at + 1] ?? '');
        at += 2;
      } else if (pair === '$(' || character === '`') at = this.#substitution(at, pair === '$(' ? ')' : '`');
      else if (pair === '<<' && line[at + 2] !== '<') at = this.#hereDocument(at);
      else if (pair === '&&' || pair === '||') at = this.#end(at, pair);
      else if (pair === '&>' || character === '>' || character === '<') at = this.#redirection(at);
      else if (character === ';' || character === '|' || character === '&') at = this.#end(at, character);
      else if (character === '\n') at = this.#behindHereDocuments(this.#end(at, ';', 1));
      else if (character === '(' || character === ')') at = this.#parenthesis(at, character);
      else if (character === '#' && this.#word === null) {
        const lineEnd = line.indexOf('\n', at);
        at = lineEnd === -1 ? line.length : lineEnd;
      } else if (/\s/.test(character)) {
        this.#closeWord();
        at++;
      } else {
        this.#add(character);
        at++;
      }
    }
    this.#end(at, '', 0);
    return this.#commands;
  }

  #add(text: string): void {
    this.#word = (this.#word ?? '') + text;
  }

  #closeWord(): void {
    if (this.#word === null) return;
    if (!this.#isTarget) this.#words.push(this.#word);
    this.#isTarget = false;
    this.#word = null;
  }

  /** `2>&1`, `> out.txt`, `&>>log`: the number before it and the word behind it are no words of the command. */
  #redirection(at: number): number {
    if (this.#word !== null && /^\d+$/.test(this.#word)) this.#word = null;
    this.#closeWord();
    this.#isTarget = true;
    const sign = /^(?:&>>?|<<<|<>|[<>]&|>>|>\||[<>])/.exec(this.#line.slice(at, at + 3))!;
    return at + sign[0].length;
  }

  /** `<<EOF`, `<<-'EOF'`: no words of the command. */
  #hereDocument(at: number): number {
    this.#closeWord();
    const head = /^<<-?[ \t]{0,8}(?:'([^'\n]{0,200})'|"([^"\n]{0,200})"|\\?([\w.-]{1,200}))?/.exec(
      this.#line.slice(at, at + 260),
    )!;
    this.#delimiters.push(head[1] ?? head[2] ?? head[3] ?? '');
    return at + head[0].length;
  }

  #behindHereDocuments(start: number): number {
    let at = start;
    for (const delimiter of this.#delimiters.splice(0)) {
      while (at < this.#line.length) {
        const lineEnd = this.#line.indexOf('\n', at);
        const text = this.#line.slice(at, lineEnd === -1 ? undefined : lineEnd);
        at = lineEnd === -1 ? this.#line.length : lineEnd + 1;
        if (text.replace(/^\t+/, '') === delimiter) break;
      }
    }
    return at;
  }

  #parenthesis(at: number, character: '(' | ')'): number {
    const end = this.#end(at, ';', 1);
    this.#subshell = character === '(' ? { outer: this.#subshell } : (this.#subshell?.outer ?? null);
    return end;
  }

  #end(at: number, next: ShellCommand['next'], length = next.length): number {
    this.#closeWord();
    this.#isTarget = false;
    if (this.#words.length > 0) {
      this.#commands.push({ words: this.#words, subshell: this.#subshell, next });
    }
    this.#words = [];
    return at + length;
  }

  #quoted(at: number, quote: string): number {
    let end = at + 1;
    let text = '';
    while (end < this.#line.length && this.#line[end] !== quote) {
      if (quote === '"' && this.#line[end] === '\\') end++;
      text += this.#line[end] ?? '';
      end++;
    }
    this.#add(text);
    return end + 1;
  }

  /** Its text is a part of the word; what runs inside is not looked at. */
  #substitution(at: number, close: string): number {
    let depth = 1;
    let end = at + (close === ')' ? 2 : 1);
    while (end < this.#line.length && depth > 0) {
      if (this.#line[end] === close) depth--;
      else if (close === ')' && this.#line[end] === '(') depth++;
      end++;
    }
    this.#add(this.#line.slice(at, end));
    return end;
  }
}
