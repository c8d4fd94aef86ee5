/** Made-up conversations: the prompt of each turn is the last prompt, its answer, and what the user says next. */
import type { Seconds, Tokens } from "../base/units.js";
import { exponential } from "../random/distributions.js";
import { nextInt, Substreams } from "../random/rng.js";
import type { RequestSpec } from "../request/request-spec.js";
import { FreshKeys, KeyRuns } from "./key-runs.js";
import type { LabelSampler } from "./labels.js";
import { LengthSampler, MAX_LENGTH, type LengthConfig } from "./lengths.js";
import type { Follower, Sessions, Turn } from "./session-loop.js";
import type { WeightedSampler } from "./weighted-sampler.js";
import type { LengthDistribution } from "./workload.js";

/** The `sessions` table of a workload. */
export interface SessionSettings {
  /** How many sessions there are. Default: as many as numRequests or durationSecs leave room for. */
  readonly numSessions?: number;
  /** Requests of one session, at most 2^20. Default: one. */
  readonly turns?: LengthConfig | LengthDistribution;
  /** Mean time from the end of one turn to the arrival of the next. Default 0. */
  readonly thinkTime?: Seconds;
  /** How think times vary around their mean: not at all, or exponentially. Default "exponential". */
  readonly thinkTimeDist?: "exponential" | "fixed";
  /** Different system prompts; each session has one of them, equally likely. Default 1. */
  readonly numPrefixGroups?: number;
  /** Tokens of the system prompt, with which the first prompt begins. Default 0. */
  readonly prefixLen?: Tokens;
}

export interface ConversationSettings extends SessionSettings {
  /** What the user says, per turn. */
  readonly inputLenDist: LengthConfig | LengthDistribution;
  readonly outputLenDist: LengthConfig | LengthDistribution;
  readonly maxTokens: Tokens | undefined;
  readonly priorities: WeightedSampler<number> | undefined;
  /** Drawn per session. */
  readonly labels: LabelSampler;
}

/** Sessions that ended before their last turn, since the next one would have exceeded the longest sequence. */
export interface CutSessions {
  readonly numStarted: number;
  readonly numCut: number;
  /** Of those: turns that were never sent. */
  readonly numTurns: number;
}

/** Turn t of session s draws from stream s × 2^20 + t, so that neither a policy nor a rate changes what it is. */
const MAX_TURNS = 2 ** 20;

/**
 * A session ends with its last turn, or before a turn whose prompt and output together would exceed `maxSeqLen`; its
 * first turn is sent in any case. Nothing is kept of sessions that are over but how many were cut.
 */
export class Conversations implements Sessions {
  readonly #cut = { numStarted: 0, numCut: 0, numTurns: 0 };
  readonly #settings: ConversationSettings;
  readonly #maxSeqLen: Tokens;
  /** Undefined where nobody looks at keys. */
  readonly #blockSize: Tokens | undefined;
  readonly #turns: LengthSampler;
  readonly #inputLengths: LengthSampler;
  readonly #outputLengths: LengthSampler;
  readonly #thinkTimes: Substreams;
  readonly #groups: Substreams;
  readonly #fresh = new FreshKeys(0);
  /** First key of each system prompt that has come up. */
  readonly #groupKeys = new Map<number, number>();

  constructor(
    settings: ConversationSettings,
    seed: number,
    maxSeqLen: Tokens,
    blockSize: Tokens | undefined,
  ) {
    const { turns = { type: "fixed", value: 1 } } = settings;
    this.#settings = settings;
    this.#maxSeqLen = maxSeqLen;
    this.#blockSize = blockSize;
    this.#turns = new LengthSampler(turns, seed, "session-turns");
    this.#inputLengths = new LengthSampler(settings.inputLenDist, seed, "input-lengths");
    this.#outputLengths = new LengthSampler(settings.outputLenDist, seed, "output-lengths");
    this.#thinkTimes = new Substreams(seed, "think-times");
    this.#groups = new Substreams(seed, "prefix-groups");
  }

  /** So far. */
  get cut(): CutSessions {
    return this.#cut;
  }

  start(session: number): Turn {
    this.#cut.numStarted++;
    const { prefixLen = 0 } = this.#settings;
    const stream = session * MAX_TURNS;
    const numTurns = Math.min(this.#turns.at(session), MAX_TURNS);
    const lengths = this.#lengths(stream, prefixLen);
    return this.#turn(stream, numTurns - 1, lengths, this.#systemPrompt(session, prefixLen));
  }

  #systemPrompt(session: number, prefixLen: Tokens): KeyRuns {
    const numBlocks = this.#numBlocks(prefixLen);
    if (numBlocks === 0) return new KeyRuns();
    const { numPrefixGroups = 1 } = this.#settings;
    const group = nextInt(this.#groups.at(session), 0, numPrefixGroups - 1);
    const first = this.#groupKeys.get(group) ?? this.#fresh.take(numBlocks);
    this.#groupKeys.set(group, first);
    return new KeyRuns().add(first, numBlocks);
  }

  /** `known`: keys of what the prompt begins with; `stream`: of this turn. */
  #turn(stream: number, numLeft: number, lengths: Lengths, known: KeyRuns): Turn {
    const { maxTokens, priorities, labels } = this.#settings;
    const session = Math.floor(stream / MAX_TURNS);
    const end = lengths.prompt + lengths.output;
    const next = numLeft > 0 ? this.#lengths(stream + 1, end) : undefined;
    const goesOn = next !== undefined && next.prompt + next.output <= this.#maxSeqLen;
    // Of the last turn nobody will ask for what is new.
    const numFresh = goesOn ? this.#numBlocks(end) - known.numBlocks : 0;
    return {
      request: (arrivalTime: Seconds): RequestSpec => {
        if (numFresh > 0) known.add(this.#fresh.take(numFresh), numFresh);
        return {
          arrivalTime,
          numPromptTokens: lengths.prompt,
          numOutputTokens: lengths.output,
          maxTokens,
          priority: priorities === undefined ? 0 : priorities.at(stream),
          blockKeys: known.toKeys(),
          abortTime: undefined,
          tenant: labels.tenantAt(session),
          class: labels.classAt(session),
        };
      },
      followers: (): readonly Follower[] => {
        if (goesOn) {
          const turn = this.#turn(stream + 1, numLeft - 1, next, known);
          return [{ turn, delay: this.#thinkTime(stream + 1) }];
        }
        if (numLeft > 0) {
          this.#cut.numCut++;
          this.#cut.numTurns += numLeft;
        }
        return [];
      },
    };
  }

  /** Of a turn whose prompt begins with `numKnownTokens` of conversation. */
  #lengths(stream: number, numKnownTokens: Tokens): Lengths {
    const { maxTokens = Infinity } = this.#settings;
    return {
      prompt: Math.min(numKnownTokens + this.#inputLengths.at(stream), MAX_LENGTH),
      output: Math.min(this.#outputLengths.at(stream), maxTokens),
    };
  }

  #thinkTime(stream: number): Seconds {
    const { thinkTime = 0, thinkTimeDist = "exponential" } = this.#settings;
    if (thinkTimeDist === "fixed") return thinkTime;
    return thinkTime * exponential(this.#thinkTimes.at(stream));
  }

  /** Full blocks; none where nobody looks at keys. */
  #numBlocks(numTokens: Tokens): number {
    return this.#blockSize === undefined ? 0 : Math.floor(numTokens / this.#blockSize);
  }
}

interface Lengths {
  readonly prompt: Tokens;
  readonly output: Tokens;
}
