/** KV sizing against vLLM's own functions: every recorded case, every field. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readJson } from "../../scripts/read-recordings.mjs";
import { type CapacityCase, capacityOf } from "../../scripts/replay-capacity.mjs";
import * as lab from "../../src/scheduler/index.js";

const file = fileURLToPath(new URL("data/capacity_golden.json.gz", import.meta.url));
const { cases } = readJson(file) as { cases: CapacityCase[] };

describe("the KV cache is sized as vLLM sizes it", () => {
  test("all recorded cases are there", () => expect(cases).toHaveLength(168));

  test.each(cases.map((recorded, i) => [i, recorded.model, recorded] as const))(
    "case %i, %s",
    (_, __, recorded) => expect(capacityOf(recorded, lab)).toEqual(recorded.out),
  );
});
