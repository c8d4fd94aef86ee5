/** From bytes to lines of text: gzip is recognised and unpacked, UTF-8 decoded, and never more than a chunk is held. */
import { TraceError } from "../base/errors.js";
import { LineSplitter } from "./splitters.js";

/** Where a trace or dataset comes from: a stream of bytes (a file, a response body), or all of it as bytes or as text. */
export type ByteSource =
  ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Uint8Array | string;

/**
 * Calls `onLine` with every line, without its line end ("\n" or "\r\n"), and its number from 1. A byte order mark is dropped.
 * @param name of the source, for errors
 * @throws TraceError for broken or cut-off gzip data and for text that is not UTF-8; whatever `onLine` and the source throw
 */
export async function forEachLine(
  source: ByteSource,
  name: string,
  onLine: (line: string, number: number) => void,
): Promise<void> {
  const lines = new LineSplitter(onLine);
  for await (const text of textsOf(source, name)) lines.push(text);
  lines.end();
}

/** The text of a source, unpacked and decoded, in the pieces in which it comes. Throws as `forEachLine` does. */
export async function* textsOf(source: ByteSource, name: string): AsyncGenerator<string> {
  if (typeof source === "string") {
    yield source.startsWith("\uFEFF") ? source.slice(1) : source;
    return;
  }
  const decoder = new TextDecoder("utf-8", { fatal: true }); // drops a byte order mark by itself
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new TraceError("this is not UTF-8 text", name);
    }
  };
  for await (const chunk of unpacked(chunksOf(source), name)) yield decode(chunk);
  yield decode();
}

async function* chunksOf(source: Exclude<ByteSource, string>): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) yield source;
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
async function* unpacked(
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < 2) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = concat(head, value);
  }
  const all = prepended(head, chunks);
  if (head[0] === 0x1f && head[1] === 0x8b) yield* gunzip(all, name);
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

async function* gunzip(
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new DecompressionStream("gzip");
  let sourceError: { readonly error: unknown } | undefined;
  const fed = feed(chunks, writable, (error) => (sourceError = { error }));
  try {
    yield* readAll(readable);
  } catch {
    if (sourceError !== undefined) throw sourceError.error;
    // The standard's stream, unlike the gunzip command and older Nodes, refuses a second member.
    throw new TraceError("the gzip data is broken or cut off, or has several members", name);
  }
  await fed;
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
