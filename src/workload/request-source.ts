/** Where the requests of a run come from, as far as it may hold more than is sent: what the accounts in a result are made from. */
import type { CutSessions } from "./session-generator.js";
import type { TraceCounts } from "./scale-trace.js";

export type RequestSource =
  | (TraceCounts & { readonly type: "trace" })
  | { readonly type: "dataset"; readonly numRead: number }
  | { readonly type: "sessions"; readonly cut: CutSessions };
