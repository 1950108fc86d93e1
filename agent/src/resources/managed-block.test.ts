import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foreignText, withBlock } from "./managed-block.ts";

const block = "# BEGIN COWHERD\na\nb\n# END COWHERD\n";
const lines = ["a", "b"];

describe("managed block", () => {
  it("is put at the end, and at the beginning", () => {
    expect(withBlock("x\n", lines, "last")).toBe(`x\n${block}`);
    expect(withBlock("x\n", lines, "first")).toBe(`${block}x\n`);
  });

  it("starts a line of its own behind a last line without an end", () => {
    expect(withBlock("x", lines, "last")).toBe(`x\n${block}`);
    expect(withBlock("x", lines, "first")).toBe(`${block}x`);
  });

  it("replaces what is between the markers alone", () => {
    expect(withBlock("x\r\n# BEGIN COWHERD\nold\n# END COWHERD\ny", lines, "last")).toBe(`x\r\ny\n${block}`);
  });

  it("goes when it has no lines", () => {
    expect(withBlock(`x\n${block}y`, [], "last")).toBe("x\ny");
  });

  it("is known also by markers with a carriage return or blanks", () => {
    expect(withBlock("  # BEGIN COWHERD \r\nold\r\n# END COWHERD\r\nx\r\n", lines, "last")).toBe(`x\r\n${block}`);
  });

  it.each([
    ["two blocks", `${block}x\n${block}y\n`, "x\ny\n"],
    ["a block in a block", "# BEGIN COWHERD\nx\n# BEGIN COWHERD\nold\n# END COWHERD\ny\n", "x\ny\n"],
    ["a begin without an end", "# BEGIN COWHERD\na\nx\n", "x\n"],
    ["a last line cut off in the marker's pair", "x\n# BEGIN COWHERD\na\nb", "x\n"],
    ["an end without a begin", "x\na\nb\n# END COWHERD\ny\n", "x\ny\n"],
    ["two ends", `${block}# END COWHERD\nx\n`, "x\n"],
  ])("heals %s", (_what, torn, foreign) => {
    expect(withBlock(torn, lines, "last")).toBe(foreign + block);
  });

  const foreignLine = fc.constantFrom("x", "127.0.0.1 localhost", "", "# a comment", "y\r", "é".normalize());
  const anyText = fc
    .array(fc.oneof(foreignLine, fc.constantFrom("# BEGIN COWHERD", "# END COWHERD", "a")))
    .map((all) => all.join("\n"));
  const place = fc.constantFrom("first" as const, "last" as const);

  it("changes nothing the second time, whatever the text", () => {
    fc.assert(
      fc.property(anyText, fc.subarray(lines), place, (text, some, where) => {
        const once = withBlock(text, some, where);
        expect(withBlock(once, some, where)).toBe(once);
      }),
    );
  });

  it("keeps every byte of a text without markers, but for the end of its last line", () => {
    fc.assert(
      fc.property(
        fc.array(foreignLine).map((all) => all.join("\n")),
        place,
        (text, where) => {
          const kept = foreignText(withBlock(text, lines, where));
          expect([text, `${text}\n`]).toContain(kept);
        },
      ),
    );
  });
});
