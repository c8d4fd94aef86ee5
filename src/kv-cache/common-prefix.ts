/** The longest prefix that is cached for all groups of layers, as vLLM's KVCacheCoordinator finds it. */
import type { Tokens } from "../base/units.js";
import type { KvCacheGroup } from "./kv-cache-config.js";
import { type Hit, type LayerKind, sameKind } from "./layer-kind.js";

/** Groups of one kind. */
interface Lookup {
  readonly kind: LayerKind;
  readonly groups: readonly number[];
}

export class CommonPrefix {
  /** Groups that are looked up together, full attention first. */
  readonly lookups: readonly Lookup[];
  readonly #alignment: Tokens;
  /** What `find` found: a hit for each of `lookups`. */
  hits: readonly Hit[] = [];
  /** How long a prefix all have. */
  length: Tokens = 0;
  /** Longest prefix that any one kind has, where all together have less; else 0. */
  junction: Tokens = 0;

  constructor(groups: readonly KvCacheGroup[], kinds: readonly LayerKind[], alignment: Tokens) {
    this.#alignment = alignment;
    const first = groups.filter((a, i) => groups.findIndex((b) => sameKind(a, b)) === i);
    first.sort((a, b) => Number(b.type === "full") - Number(a.type === "full"));
    this.lookups = first.map((representative) => {
      const members = groups.flatMap((group, i) => (sameKind(group, representative) ? [i] : []));
      return { kind: kinds[members[0]!]!, groups: members };
    });
  }

  /** Looks for at most `maxLength` tokens, where `isCached` tells what there is. */
  find(maxLength: Tokens, isCached: (group: number, block: number) => boolean): Tokens {
    this.#findHits(maxLength, isCached);
    this.length = Math.min(
      ...this.hits.map((hit, i) => hit.length * this.lookups[i]!.kind.blockSize),
    );
    if (this.junction <= this.length) this.junction = 0;
    return this.length;
  }

  /** One hit per kind of layers, each within what the kinds before it found, repeated until none shortens it. */
  #findHits(maxLength: Tokens, isCached: (group: number, block: number) => boolean): void {
    const { lookups } = this;
    const hits: Hit[] = [];
    this.hits = hits;
    this.junction = 0;
    let length = maxLength;
    for (;;) {
      const before = length;
      lookups.forEach(({ kind, groups }, i) => {
        const known = hits[i];
        if (known !== undefined && kind.type === "full") {
          // Every prefix of a hit in full attention is a hit.
          known.length = Math.min(known.length, Math.floor(length / kind.blockSize));
        } else {
          const all = (block: number) => groups.every((group) => isCached(group, block));
          hits[i] = kind.findHit(all, length, this.#alignment);
        }
        length = hits[i]!.length * kind.blockSize;
        this.junction = Math.max(this.junction, length);
      });
      const fullAndOneOther = lookups.length === 2 && lookups[0]!.kind.type === "full";
      if (length >= before || lookups.length === 1 || fullAndOneOther) return;
    }
  }
}
