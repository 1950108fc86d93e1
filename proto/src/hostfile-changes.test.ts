import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeHostfileChanges, writtenEntries } from "./hostfile-changes.ts";

const of = (...texts: readonly string[]) => writtenEntries(texts.join("\n"));
const before = of("primary slots=2", "secondary1 slots=2");

describe("what became of a hostfile", () => {
  it.each([
    ["+node9 slots=4, -secondary1", of("primary slots=2", "node9 slots=4")],
    ["primary 2 -> 3 slots", of("primary slots=3", "secondary1 slots=2")],
    ["+b, -secondary1, primary 2 -> no slots", of("primary", "b")],
    ["another order", of("secondary1 slots=2", "primary slots=2")],
    ["primary twice", of("primary slots=2", "secondary1 slots=2", "primary slots=2")],
    ["-primary, -secondary1", of("# nobody")],
    ["primary 2 -> no slots", of("primary slots=two", "secondary1 slots=2")],
  ])("is told in words: %s", (words, after) => {
    expect(describeHostfileChanges(before, after)).toBe(words);
  });

  it("is told of a node that had no slots", () => {
    expect(describeHostfileChanges(of("a"), of("a slots=1"))).toBe("a no -> 1 slots");
  });

  it("is told in one line of very many changes, and of a name of any length", () => {
    const many = Array.from({ length: 300 }, (_, at) => `${"n".repeat(900)}${at} slots=1`);
    const words = describeHostfileChanges(before, of(...many));
    expect(words).toMatch(/^\+n{63}… slots=1, .* and 294 more$/);
    expect(words.length).toBeLessThan(1_000);
  });

  it("is nothing where nothing became of it, and something where anything did", () => {
    const name = fc.constantFrom("a", "b", "c");
    const some = fc.uniqueArray(fc.record({ node: name, slots: fc.integer({ min: 1, max: 3 }) }), {
      selector: ({ node }) => node,
    });
    fc.assert(
      fc.property(some, some, (one, other) => {
        expect(describeHostfileChanges(one, other) === "").toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});
