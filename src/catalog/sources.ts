/** Where the rows of the catalog are from. */

export interface Source {
  readonly text: string;
  readonly verified: boolean;
}

const said = (text: string): Source => ({ text, verified: true });
const recalled = (text: string): Source => ({ text, verified: false });

export const sources = {
  aic: said("config.json, copied in ai-dynamo/aiconfigurator 095f58a5"),
  sim: said("config.json, copied in inference-sim/inference-sim f90a1e3a"),
  training: said("config.json, copied in inference-sim/training ed5c1d26"),
  quoted: said("config.json, as quoted in public sources"),
  sibling: said("shape of a sibling whose config.json is copied in ai-dynamo/aiconfigurator"),
  lab: said("config.json, as quoted in doublewordai/inference-lab catalog/models"),
  uncertain: recalled(
    "config.json, as quoted in doublewordai/inference-lab catalog/models, which leaves the shape of its experts uncertain",
  ),
  recalled: recalled("config.json, recalled"),
} as const;
