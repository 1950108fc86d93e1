import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meetsPin } from "./python-version.ts";

type Parts = {
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: readonly [kind: "a" | "b" | "rc", number: number] | undefined;
  readonly post: number | undefined;
  readonly dev: number | undefined;
};

const number = fc.nat({ max: 30 });
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const version: fc.Arbitrary<Parts> = fc.record({
  epoch: fc.nat({ max: 2 }),
  release: fc.array(number, { minLength: 1, maxLength: 4 }),
  pre: optional(fc.tuple(fc.constantFrom("a", "b", "rc"), number)),
  post: optional(number),
  dev: optional(number),
});
const preWords = { a: ["a", "alpha"], b: ["b", "beta"], rc: ["rc", "c", "pre", "preview"] };
const zeros = fc.constantFrom("", "0", "00");
const separator = fc.constantFrom("", "-", "_", ".");

/** As PEP 440 wants it written. */
function normal({ epoch, release, pre, post, dev }: Parts): string {
  const tail = `${pre?.join("") ?? ""}${post === undefined ? "" : `.post${post}`}${dev === undefined ? "" : `.dev${dev}`}`;
  return `${epoch === 0 ? "" : `${epoch}!`}${release.join(".")}${tail}`;
}

/** One of the ways in which people write it. */
function spelling({ epoch, release, pre, post, dev }: Parts): fc.Arbitrary<string> {
  const padded = (value: number) => zeros.map((before) => `${before}${value}`);
  const word = (words: readonly string[], value: number) =>
    fc.tuple(separator, fc.constantFrom(...words), separator, padded(value)).map((parts) => parts.join(""));
  const nothing = fc.constant("");
  return fc
    .tuple(
      epoch === 0 ? fc.constantFrom("", "0!") : padded(epoch).map((text) => `${text}!`),
      fc.tuple(...release.map(padded)).map((parts) => parts.join(".")),
      fc.constantFrom("", ".0", ".00.0"),
      pre === undefined ? nothing : word(preWords[pre[0]], pre[1]),
      post === undefined
        ? nothing
        : fc.oneof(
            word(["post", "rev", "r"], post),
            padded(post).map((text) => `-${text}`),
          ),
      dev === undefined ? nothing : word(["dev"], dev),
      fc.boolean(),
    )
    .map(([...parts]) => {
      const capital = parts.pop();
      const text = parts.join("");
      return capital === true ? text.toUpperCase() : text;
    });
}

/** Equal for equal versions alone. */
function meaning({ release, ...rest }: Parts): string {
  const last = release.findLastIndex((part) => part !== 0);
  return JSON.stringify({ ...rest, release: release.slice(0, last + 1) });
}

describe("the version that pip was asked for", () => {
  it.each([
    ["2.3.0", "2.3.0+cpu"],
    ["2.3.0+CPU-01", "2.3.0+cpu.1"],
    ["2024.02.02", "2024.2.2"],
    ["1.0-alpha1", "1.0a1"],
    ["1.0alpha", "1a0"],
    ["1.0.c2", "1.0rc2"],
    ["1.0-1", "1.0.post1"],
    ["1.0.rev3", "1.0.post3"],
    ["1.0dev", "1.0.dev0"],
    ["0!1.0", "1"],
    ["0.0", "0"],
    ["99999999999999999999.1", "99999999999999999999.1.0"],
    ["2013b-beta-x", "2013B-beta-x"],
  ])("is met: %s by %s", (pin, installed) => {
    expect(meetsPin(pin, installed)).toBe(true);
  });

  it.each([
    ["2.3.0+cpu", "2.3.0"],
    ["2.3.0+cpu", "2.3.0+cu121"],
    ["1.0", "1.0a1"],
    ["1.0", "1.0.post1"],
    ["1.0", "1.0.dev0"],
    ["1.0", "1!1.0"],
    ["1.0", "10"],
    ["10", "1"],
    ["1.0a1", "1.0b1"],
    ["1.0rc1", "1.0.post1"],
    ["1.0.1", "1.1"],
    ["99999999999999999999", "99999999999999999998"],
    ["1.0", "1.0-nonsense"],
  ])("is not met: %s by %s", (pin, installed) => {
    expect(meetsPin(pin, installed)).toBe(false);
  });

  it("is met by itself in whatever spelling and build", () => {
    const spelled = version.chain((parts) => fc.tuple(fc.constant(normal(parts)), spelling(parts)));
    fc.assert(
      fc.property(spelled, fc.constantFrom("", "+cpu", "+ubuntu.1"), ([text, other], build) => {
        expect([other, meetsPin(other, text + build)]).toEqual([other, true]);
        expect([other, meetsPin(text, other + build)]).toEqual([other, true]);
      }),
    );
  });

  it("is met by no other version", () => {
    const near = version.chain((parts) =>
      fc.tuple(fc.constant(parts), fc.oneof(version, fc.constant({ ...parts, pre: undefined }))),
    );
    fc.assert(
      fc.property(near, ([one, other]) => {
        expect(meetsPin(normal(one), normal(other))).toBe(meaning(one) === meaning(other));
      }),
    );
  });
});
