/**
 * Random numbers by named substreams: every use of randomness has a stream of its own, found by (seed, name, index),
 * so that drawing more in one place changes nothing in another. The generator is pure-rand's xoroshiro128+, which does
 * not mix its seed: neighbouring bare seeds give nearly equal first draws. Hence the hash here.
 */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** A stream of random numbers. Drawing changes it. */
export type Rng = RandomGenerator;

export {
  /** `nextFloat(rng)`: uniform on [0, 1), a multiple of 2^−53. */
  uniformFloat64 as nextFloat,
  /** `nextInt(rng, min, max)`: a uniform integer of [min, max], both ends included. */
  uniformInt as nextInt,
};

/** The streams of one name, one per index: hashes seed and name once, so that a stream costs some 50 ns. */
export class Substreams {
  // Four hashes of (seed, name): together the 128 bits that tell streams apart.
  readonly #lane0: number;
  readonly #lane1: number;
  readonly #lane2: number;
  readonly #lane3: number;
  readonly #state = [0, 0, 0, 0];

  /** @param seed an integer from 0 to 2^53 − 1 */
  constructor(seed: number, name: string) {
    this.#lane0 = hashSeedAndName(0x243f6a88, seed, name); // the first digits of π, only to be different
    this.#lane1 = hashSeedAndName(0x85a308d3, seed, name);
    this.#lane2 = hashSeedAndName(0x13198a2e, seed, name);
    this.#lane3 = hashSeedAndName(0x03707344, seed, name);
  }

  /** The stream of one index (an integer from 0 to 2^53 − 1), from its beginning. */
  at(index: number): Rng {
    // A splitmix step per lane: the golden ratio spreads neighbouring indices, mix() does the rest.
    const low = Math.imul(index | 0, 0x9e3779b9);
    const high = Math.imul(highWord(index), 0x85ebca6b);
    const state = this.#state;
    state[0] = mix((this.#lane0 + low) ^ high);
    state[1] = mix((this.#lane1 + low) ^ high);
    state[2] = mix((this.#lane2 + low) ^ high);
    state[3] = mix((this.#lane3 + low) ^ high);
    return xoroshiro128plusFromState(state); // copies the four words
  }
}

/** The stream of (seed, name, index). Where many indices are used, {@link Substreams} is cheaper. */
export function substream(seed: number, name: string, index = 0): Rng {
  return new Substreams(seed, name).at(index);
}

function hashSeedAndName(lane: number, seed: number, name: string): number {
  let hash = mix(lane ^ (seed | 0));
  hash = mix((hash + lane) ^ highWord(seed));
  for (let i = 0; i < name.length; i++) hash = mix((hash + lane) ^ name.charCodeAt(i));
  return hash;
}

/** Bits 32 to 52 of an integer. */
function highWord(integer: number): number {
  return (integer / 4294967296) | 0;
}

/** A bijection of 32-bit words in which every input bit flips each output bit about half the time (C. Wellons, hash-prospector). */
function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0xd35a2d97);
  return word ^ (word >>> 15);
}
