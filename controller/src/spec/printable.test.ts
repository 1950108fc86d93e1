import { expect, it } from "vitest";
import { oneLine, quote } from "./printable.ts";

it("brings foreign text into one line that steers no terminal", () => {
  expect(oneLine(" E: a\n\tb \u001b[31mred\u202e über ", 80)).toBe("E: a b ?[31mred? über");
  expect(oneLine("abcdef", 4)).toBe("abc…");
});

it("quotes foreign text so that its odd characters are seen", () => {
  expect(quote('a"\nä')).toBe('"a\\"\\n\\u00e4"');
  expect(quote("a".repeat(61))).toBe(`"${"a".repeat(60)}…"`);
});
