/** The schema of a length distribution. */
import * as z from "zod/mini";
import { lazy } from "../base/lazy.js";
import type { LengthDistribution } from "../workload/workload.js";
import {
  count,
  measured,
  notNegative,
  perUnit,
  plugin,
  positive,
  required,
  table,
} from "./schema-leaves.js";

const fixed = lazy(() =>
  table({ type: z.literal("fixed"), value: required(count("tokens"), "Tokens.") }),
);

const uniform = lazy(() =>
  table({
    type: z.literal("uniform"),
    min: required(count("tokens"), "Fewest tokens."),
    max: required(count("tokens"), "Most tokens, included."),
  }),
);

const normal = lazy(() =>
  table({
    type: z.literal("normal"),
    mean: required(positive("tokens"), "Tokens."),
    stdDev: required(notNegative("tokens"), "Tokens."),
  }),
);

/** e^21 tokens are 1.3 billion: whoever writes more has written tokens, not their logarithm. */
const lognormal = lazy(() =>
  table({
    type: z.literal("lognormal"),
    mean: required(
      measured(
        z
          .number({
            error:
              "the natural logarithm of a length, at most 21 (6.9 for a median of 1000 tokens)",
          })
          .check(z.lte(21)),
        "ln tokens",
      ),
      "Mean of the natural logarithm of the length: the median is e^mean tokens.",
    ),
    stdDev: required(
      notNegative("ln tokens"),
      "Standard deviation of the natural logarithm of the length.",
    ),
  }),
);

/** Of tokens, or of what else is counted. */
export const lengths = perUnit(() =>
  z.union([
    z.discriminatedUnion("type", [fixed(), uniform(), normal(), lognormal()], {
      error: ({ code }) =>
        code === "invalid_union"
          ? `one of ${Object.keys(lengthKeys).join(", ")}`
          : "a length distribution: a table with a type, such as fixed with a value",
    }),
    plugin<LengthDistribution>(
      "sample",
      { name: "string" },
      "a length distribution: an object with a name and a sample function",
    ),
  ]),
);

/** The keys of a length distribution, by its type. */
export const lengthKeys: Readonly<Record<string, readonly string[]>> = {
  fixed: ["type", "value"],
  uniform: ["type", "min", "max"],
  normal: ["type", "mean", "stdDev"],
  lognormal: ["type", "mean", "stdDev"],
};
