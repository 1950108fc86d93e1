import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable, printableLines } from "./printable.ts";

describe("printable", () => {
  it("leaves plain text of any language alone", () => {
    expect(printable("secondary1: größer als 5 µs — 日本")).toBe("secondary1: größer als 5 µs — 日本");
  });

  it.each(["\x1b", "\n", "\r", "\t", "\x7f", "\x9b", "\u{202e}", "\u{2028}", "\u{200b}"])("replaces %j", (mark) => {
    expect(printable(`a${mark}b`)).toBe("a\u{fffd}b");
  });

  it("lets nothing through that moves a cursor or breaks a line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it("keeps the lines of a text of many", () => {
    expect(printableLines("a\n\tb\r\x1b\n")).toBe("a\n\tb\u{fffd}\u{fffd}\n");
  });
});
