/** Writes a small package with a policy and its test, to start from. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { InferenceLabError } from "../index.js";
import { writeError } from "./output-file.js";
import { policyTemplate } from "./policy-template.js";
import type { Terminal } from "./terminal.js";

/** @param directory its last part names the package and the policy */
export async function initPolicyCommand(directory: string, { stdout }: Terminal): Promise<void> {
  const name = basename(resolve(directory));
  if (!/^[a-z0-9][a-z0-9._-]{0,213}$/.test(name)) {
    throw new InferenceLabError(
      `"${name}" cannot name a package; use small letters, digits, and - . _ between them, e.g. my-policy`,
    );
  }
  const files = Object.entries(policyTemplate(name));
  try {
    await mkdir(directory, { recursive: true });
    if ((await readdir(directory)).length > 0) {
      throw new InferenceLabError(
        `${directory} exists already and is left as it is; name another directory`,
      );
    }
    for (const [file, text] of files) await writeFile(join(directory, file), text, { flag: "wx" });
  } catch (error) {
    throw error instanceof InferenceLabError ? error : writeError(directory, error);
  }
  stdout.write(
    `Wrote ${files.map(([file]) => join(directory, file)).join(", ")}.\n` +
      `Test it with: cd ${directory} && npm install && npm test\n`,
  );
}
