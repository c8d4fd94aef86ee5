/** The file that a result is written to: opened before the run, so that a long run is not lost, and complete or absent. */
import {
  access,
  constants,
  open,
  realpath,
  rename,
  stat,
  unlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InferenceLabError } from "../index.js";

export interface OutputFile {
  /** Puts the content where the path says, in place of what was there. */
  commit(content: string | Uint8Array): Promise<void>;
  /** Leaves no trace of a run that failed. Does nothing after `commit`. */
  discard(): Promise<void>;
}

/**
 * Opens a temporary file beside `path`, which proves that the place can be written to; `commit` moves it over. What is no
 * regular file (a pipe, a device) is written to directly.
 *
 * @throws InferenceLabError when nothing can be written there.
 */
export async function openOutput(path: string): Promise<OutputFile> {
  return explain(path, async () => {
    const existing = await statIfAny(path);
    if (existing) await access(path, constants.W_OK);
    if (existing?.isDirectory())
      throw new InferenceLabError(`cannot write ${path}: it is a directory`);
    if (existing && !existing.isFile()) return directOutput(path);
    return temporaryOutput(path, existing && (await realpath(path)), existing?.mode);
  });
}

function directOutput(path: string): OutputFile {
  return {
    commit: (content) => explain(path, () => writeFile(path, content)),
    discard: async () => {},
  };
}

/** `target` is the file that stands there now; `path` may be a link to it, and stays one. */
async function temporaryOutput(path: string, target = path, mode?: number): Promise<OutputFile> {
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  const file = await open(temporary, "wx", mode);
  return {
    commit: (content) =>
      explain(path, async () => {
        await file.writeFile(content);
        await file.close();
        await rename(temporary, target);
      }),
    async discard() {
      await file.close();
      await unlink(temporary).catch(() => {}); // gone after `commit`
    },
  };
}

async function statIfAny(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  ENOENT: "its directory does not exist",
  ENOTDIR: "its directory is not a directory",
  EISDIR: "it is a directory",
  ENOSPC: "no space left on the device",
  EROFS: "the file system is read-only",
  ENAMETOOLONG: "the name is too long",
};

/** Runs a file operation; what the operating system refuses becomes a message that names the path. */
async function explain<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof InferenceLabError ? error : writeError(path, error);
  }
}

export function writeError(path: string, cause: unknown): InferenceLabError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return new InferenceLabError(`cannot write ${path}: ${REASONS[code] ?? message}`, { cause });
}
