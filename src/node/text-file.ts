/** Files of text, in whole, and errors that name them. */
import { readFile } from "node:fs/promises";
import { InferenceLabError } from "../base/errors.js";
import { reasonOf } from "./read-error.js";

/** @throws InferenceLabError that names the file */
export async function readText(path: string): Promise<string> {
  const text = await readTextIfAny(path);
  if (text !== undefined) return text;
  throw new InferenceLabError(`${path}: no such file`);
}

/**
 * Undefined where there is no such file.
 * @throws InferenceLabError that names the file
 */
export async function readTextIfAny(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(code)) return undefined;
    throw new InferenceLabError(`${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Puts the name of a file before what is wrong with its content. */
export async function named<T>(path: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof InferenceLabError)) throw error;
    throw new InferenceLabError(`${path}: ${error.message}`, { cause: error });
  }
}
