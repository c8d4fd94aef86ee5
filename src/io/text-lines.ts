/** From bytes to lines of text: gzip is recognised and unpacked, UTF-8 decoded, and never more than a chunk is held. */
import { TraceError } from "../base/errors.js";
import { LineSplitter, type Splitter } from "./splitters.js";

/**
 * Where a trace or dataset comes from: a stream of bytes (an open file, a response body), a file that was dropped on a page or chosen there,
 * or all of it as bytes or as text.
 */
export type ByteSource =
  ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Blob | Uint8Array | string;

/** Text that ends before the source does. */
class BrokenText extends Error {
  /** Lines from the last piece of text to where it broke. */
  readonly numLines: number;

  constructor(message: string, numLines = 0) {
    super(message);
    this.numLines = numLines;
  }
}

/**
 * Calls `onLine` with every line, without its line end ("\n" or "\r\n"), and its number from 1. A byte order mark is dropped.
 * @param name of the source, for errors
 * @throws TraceError with the line, for broken or cut-off gzip data and for text that is not UTF-8; whatever `onLine` and the source throw
 */
export async function forEachLine(
  source: ByteSource,
  name: string,
  onLine: (line: string, number: number) => void,
): Promise<void> {
  await splitText(source, name, () => new LineSplitter(onLine));
}

/**
 * Feeds a splitter with the text of a source, unpacked and decoded, in the pieces in which it comes.
 * @param open makes the splitter, from the beginning of the text up to its first character that is no blank
 * @throws as `forEachLine` does
 */
export async function splitText(
  source: ByteSource,
  name: string,
  open: (head: string) => Splitter,
): Promise<void> {
  let splitter: Splitter | undefined;
  let head = "";
  try {
    for await (const text of textsOf(source)) {
      if (splitter !== undefined) {
        splitter.push(text);
        continue;
      }
      head += text;
      if (head.trimStart() === "") continue;
      splitter = open(head);
      splitter.push(head);
    }
  } catch (error) {
    if (!(error instanceof BrokenText)) throw error;
    throw new TraceError(error.message, name, (splitter?.line ?? 1) + error.numLines);
  }
  splitter?.end();
}

async function* textsOf(source: ByteSource): AsyncGenerator<string> {
  if (typeof source === "string") {
    yield source.startsWith("\uFEFF") ? source.slice(1) : source;
    return;
  }
  const decoder = new TextDecoder("utf-8", { fatal: true }); // drops a byte order mark by itself
  let tail = new Uint8Array(0); // the last bytes so far, where a character may have begun
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      const bytes = chunk === undefined ? tail : concat(tail, chunk);
      throw new BrokenText("this is not UTF-8 text", numLinesBeforeFault(bytes));
    }
  };
  for await (const chunk of unpacked(chunksOf(source))) {
    yield decode(chunk);
    // Three bytes of one at most: what was open before matters only to a shorter chunk.
    tail = openCharacter(chunk.length < 3 ? concat(tail, chunk) : chunk.slice(-3));
  }
  yield decode();
}

/** The bytes of a character that the text ends within. */
function openCharacter(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let first = bytes.length - 1;
  while (first >= 0 && bytes.length - first < 4 && (bytes[first]! & 0xc0) === 0x80) first--;
  return first >= 0 && bytes[first]! >= 0xc0 ? bytes.slice(first) : new Uint8Array(0);
}

/** How many line ends stand before the first line that is not UTF-8. */
function numLinesBeforeFault(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const LINE_END = 10;
  for (let start = 0, count = 0; ; count++) {
    const end = bytes.indexOf(LINE_END, start);
    if (end < 0) return count;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return count;
    }
    start = end + 1;
  }
}

async function* chunksOf(source: Exclude<ByteSource, string>): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) yield source;
  else if (source instanceof Blob) yield* readAll(source.stream());
  else if ("getReader" in source) yield* readAll(source);
  else yield* source;
}

/** Not every browser can iterate over a stream. */
async function* readAll(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // when the caller stops early
  }
}

/** Unpacks what begins with gzip's magic bytes 1f 8b and passes on what does not. */
async function* unpacked(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < 2) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = concat(head, value);
  }
  const all = prepended(head, chunks);
  if (head[0] === 0x1f && head[1] === 0x8b) yield* gunzip(all);
  else yield* all;
}

async function* prepended(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

async function* gunzip(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new DecompressionStream("gzip");
  let sourceError: { readonly error: unknown } | undefined;
  const fed = feed(chunks, writable, (error) => (sourceError = { error }));
  try {
    yield* readAll(readable);
  } catch (error) {
    if (sourceError !== undefined) throw sourceError.error;
    throw new BrokenText(gzipFault((error as { readonly code?: unknown }).code));
  }
  await fed;
}

/** What is wrong, at the line that could not be completed. Node tells it by a code; other hosts do not tell. */
function gzipFault(code: unknown): string {
  switch (code) {
    case "Z_BUF_ERROR":
      return "the gzip data is cut off here; the lines before this one are complete";
    // The standard's stream, unlike the gunzip command and older Nodes, refuses a second member.
    case "ERR_TRAILING_JUNK_AFTER_STREAM_END":
      return "the gzip data goes on after its end, as files do that were joined; unpack it with gunzip";
    case "Z_DATA_ERROR":
      return "the gzip data is broken here, or a little earlier";
    default:
      return "the gzip data is broken or cut off here";
  }
}

/** Writes all chunks. Never rejects: what goes wrong in the unpacking shows at the stream's other end. */
async function feed(
  chunks: AsyncGenerator<Uint8Array>,
  writable: WritableStream<BufferSource>,
  onSourceError: (error: unknown) => void,
): Promise<void> {
  const writer = writable.getWriter();
  writer.closed.catch(() => undefined);
  try {
    for (;;) {
      const { done, value } = await chunks.next().catch((error: unknown) => {
        onSourceError(error);
        throw error;
      });
      if (done) break;
      await writer.write(value as Uint8Array<ArrayBuffer>);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
  } finally {
    await chunks.return(undefined).catch(() => undefined);
  }
}
