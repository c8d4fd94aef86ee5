import { expectTypeOf, test } from "vitest";
import type * as z from "zod";
import type { SimulationConfig } from "../../src/simulation/config.js";
import type { configSchema } from "../../src/simulation/schema.js";

test("the public config types are the schema's input type", () => {
  expectTypeOf<z.input<ReturnType<typeof configSchema>>>().toEqualTypeOf<SimulationConfig>();
});
