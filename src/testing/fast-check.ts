/** fast-check is an optional peer: it is loaded when it is needed, and missed with a word on what to do. */
import { InferenceLabError } from "../base/errors.js";

/** Loads a part of this entry that draws its cases with fast-check. */
export async function withFastCheck<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("fast-check"))) throw error;
    throw new InferenceLabError(
      "inference-lab/testing draws its cases with fast-check, which is not installed: npm install --save-dev fast-check",
      { cause: error },
    );
  }
}
