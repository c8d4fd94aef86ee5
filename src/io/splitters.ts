/** From pieces of text to records: lines, or the objects of one JSON array. A record may begin in one piece and end in a later one. */
import { TraceError } from "../base/errors.js";

export interface Splitter {
  /** The number of the line that the next character belongs to, from 1. */
  readonly line: number;
  push(text: string): void;
  /** After the last piece. */
  end(): void;
}

/** Called with a record's text and the number of its first line, from 1. */
export type OnRecord = (text: string, line: number) => void;

/** Lines without their line ends ("\n" or "\r\n"). */
export class LineSplitter implements Splitter {
  readonly #onLine: OnRecord;
  #number = 0;
  #rest = "";

  constructor(onLine: OnRecord) {
    this.#onLine = onLine;
  }

  get line(): number {
    return this.#number + 1;
  }

  push(text: string): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      this.#onLine(withoutReturn(this.#rest + text.slice(start, end)), ++this.#number);
      this.#rest = "";
      start = end + 1;
    }
    this.#rest += text.slice(start);
  }

  end(): void {
    if (this.#rest !== "") this.#onLine(withoutReturn(this.#rest), ++this.#number);
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

const [NEWLINE, QUOTE, BACKSLASH, COMMA] = [10, 34, 92, 44];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [91, 93, 123, 125];

/** The objects of a JSON array; so a file need not fit into one string. What is between an object's braces is not looked into. */
export class ArraySplitter implements Splitter {
  readonly #name: string;
  readonly #onRecord: OnRecord;
  #line = 1;
  /** Of brackets and braces: 0 outside of the array, 1 between its elements. */
  #depth = 0;
  #isClosed = false;
  #inString = false;
  #isEscaped = false;
  /** An element ended and no comma came yet. */
  #needsComma = false;
  /** The current element so far, without the current piece. */
  #record = "";
  #recordLine = 0;

  /** @param name of the source, for errors */
  constructor(name: string, onRecord: OnRecord) {
    this.#name = name;
    this.#onRecord = onRecord;
  }

  get line(): number {
    return this.#line;
  }

  push(text: string): void {
    let start = 0; // of the current element's part in this piece
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === NEWLINE) this.#line++;
      if (this.#inString) this.#stepInString(code);
      else if (this.#depth > 1) {
        if (code === QUOTE) this.#inString = true;
        else if (code === OPEN_BRACE || code === OPEN_BRACKET) this.#depth++;
        else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --this.#depth === 1) {
          this.#onRecord(this.#record + text.slice(start, i + 1), this.#recordLine);
          this.#record = "";
          this.#needsComma = true;
        }
      } else if (code === OPEN_BRACE && this.#depth === 1 && !this.#needsComma) {
        this.#depth = 2;
        this.#recordLine = this.#line;
        start = i;
      } else if (!isBlank(code)) this.#stepBetween(code, text, i);
    }
    if (this.#depth > 1) this.#record += text.slice(start);
  }

  end(): void {
    if (this.#isClosed) return;
    const line = this.#depth > 1 ? this.#recordLine : this.#line;
    throw new TraceError("the JSON array is cut off", this.#name, line);
  }

  #stepInString(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === BACKSLASH) this.#isEscaped = true;
    else if (code === QUOTE) this.#inString = false;
  }

  #stepBetween(code: number, text: string, i: number): void {
    if (code === OPEN_BRACKET && this.#depth === 0 && !this.#isClosed) this.#depth = 1;
    else if (code === COMMA && this.#needsComma && this.#depth === 1) this.#needsComma = false;
    else if (code === CLOSE_BRACKET && this.#depth === 1) {
      this.#depth = 0;
      this.#isClosed = true;
    } else {
      throw new TraceError(
        `invalid JSON: ${JSON.stringify(text[i])} where ${this.#isClosed ? "the file should end" : "an array of objects was expected"}`,
        this.#name,
        this.#line,
      );
    }
  }
}

const isBlank = (code: number) => code === 32 || code === NEWLINE || code === 13 || code === 9;
