/** The commands besides the run, which are loaded together when one of them is called: fewer files make fewer of a run too. */
export { calibrateCommand, readProfile } from "./calibrate-command.js";
export { configJsonSchema } from "../config/index.js";
export { defaultsCommand } from "./defaults-command.js";
export { initCommand } from "./init-command.js";
export { initPolicyCommand } from "./init-policy-command.js";
export { modelCommand, presetsCommand } from "./model-command.js";
export { traceConvertCommand, traceStatsCommand } from "./trace-command.js";
export { loadPolicy } from "../node/load-policy.js";
export { withProfile } from "../calibration/index.js";
