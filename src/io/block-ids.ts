/** From token ids to the identity of a prompt: equal beginnings get equal ids, block by block. */
import type { Tokens } from "../base/units.js";
import type { PrefixIds } from "../workload/trace-row.js";

/**
 * Numbers the prefixes that it is shown, in blocks of `blockSize` tokens, from 0 in the order in which they first come. Keeps 128
 * bits of each and not the tokens, so memory (about 30 bytes a block) does not follow the text: two of 10^9
 * different prefixes get one id with a probability below 10^-20. vLLM tells its blocks apart by a hash too.
 */
export class BlockIds {
  readonly #blockSize: Tokens;
  /** Four words of hash for each id. */
  #hashes = new Int32Array(4 * 1024);
  #numIds = 0;
  /** Open addressing: id + 1, or 0 where nothing is. Never more than half full. */
  #slots = new Int32Array(2 * 1024);
  /** MurmurHash3_x86_128 of all tokens so far of the prompt at hand. */
  readonly #state = new Int32Array(4);

  constructor(blockSize: Tokens) {
    this.#blockSize = blockSize;
  }

  /** The ids of a prompt's full blocks. Undefined when it fills none: then nothing of it can be shared. */
  prefixOf(tokens: ArrayLike<number>): PrefixIds | undefined {
    const blockSize = this.#blockSize;
    const runs: number[] = [];
    let next = -1; // id that continues the last run
    this.#state.fill(0);
    for (let start = 0; start + blockSize <= tokens.length; start += blockSize) {
      absorb(this.#state, tokens, start, start + blockSize);
      const id = this.#idOfState();
      if (id === next) runs[runs.length - 1]!++;
      else runs.push(id, 1);
      next = id + 1;
    }
    return runs.length === 0 ? undefined : { blockSize, runs: Int32Array.from(runs) };
  }

  #idOfState(): number {
    const [a, b, c, d] = this.#state as unknown as [number, number, number, number];
    const mask = this.#slots.length - 1;
    let slot = mixed(a) & mask;
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      const at = 4 * (found - 1);
      const hashes = this.#hashes;
      if (hashes[at] === a && hashes[at + 1] === b && hashes[at + 2] === c && hashes[at + 3] === d)
        return found - 1;
      slot = (slot + 1) & mask;
    }
    const id = this.#numIds++;
    this.#slots[slot] = id + 1;
    this.#hashes.set(this.#state, 4 * id);
    if (2 * this.#numIds >= this.#slots.length) this.#grow();
    return id;
  }

  #grow(): void {
    const hashes = new Int32Array(2 * this.#hashes.length);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.#numIds; id++) {
      let slot = mixed(hashes[4 * id]!) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id + 1;
    }
  }
}

/** Austin Appleby's MurmurHash3_x86_128 (public domain), the loop over its body, 4 tokens at a time; beyond `end` come zeros. */
function absorb(state: Int32Array, tokens: ArrayLike<number>, start: number, end: number): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  const at = (i: number): number => (i < end ? tokens[i]! : 0);
  for (let i = start; i < end; i += 4) {
    a ^= Math.imul(rotated(Math.imul(at(i), C1), 15), C2);
    a = (Math.imul(rotated(a, 19) + b, 5) + 0x561ccd1b) | 0;
    b ^= Math.imul(rotated(Math.imul(at(i + 1), C2), 16), C3);
    b = (Math.imul(rotated(b, 17) + c, 5) + 0x0bcaa747) | 0;
    c ^= Math.imul(rotated(Math.imul(at(i + 2), C3), 17), C4);
    c = (Math.imul(rotated(c, 15) + d, 5) + 0x96cd1c35) | 0;
    d ^= Math.imul(rotated(Math.imul(at(i + 3), C4), 18), C1);
    d = (Math.imul(rotated(d, 13) + a, 5) + 0x32ac3b17) | 0;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

function rotated(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

/** MurmurHash3's finalizer: every bit of the word moves every bit of the slot. */
function mixed(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
