import { expect, test } from "vitest";
import { Deque } from "../../src/collections/deque.js";

test("a deque reads the same from its front, across the end of its ring", () => {
  const deque = new Deque<number>();
  for (let i = 0; i < 12; i++) deque.push(i);
  for (let i = 0; i < 10; i++) deque.popFront();
  for (let i = 12; i < 40; i++) deque.push(i);
  deque.pushFront(9);
  const items = Array.from({ length: 31 }, (_, i) => i + 9);
  expect(deque.toArray()).toEqual(items);
  expect(items.map((_, i) => deque.at(i))).toEqual(items);
  expect([deque.at(-1), deque.at(31), deque.front()]).toEqual([undefined, undefined, 9]);
});
