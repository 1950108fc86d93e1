import fc from "fast-check";
import { expect, it } from "vitest";
import { splitHostfile } from "./hostfile-lines.ts";
import { renderHostfile } from "./hostfile-text.ts";

it("finds hosts, settings and comments with their places", () => {
  expect(splitHostfile("# top\n  node1  slots = 2 max_slots=4 # why\n\nnode2 x\n")).toEqual([
    { line: 1, host: undefined, settings: [], comment: { text: "# top", column: 1 }, end: "\n" },
    {
      line: 2,
      host: { text: "node1", column: 3 },
      settings: [
        { key: { text: "slots", column: 10 }, value: { text: "2", column: 18 } },
        { key: { text: "max_slots", column: 20 }, value: { text: "4", column: 30 } },
      ],
      comment: { text: "# why", column: 32 },
      end: "\n",
    },
    { line: 3, host: undefined, settings: [], comment: undefined, end: "\n" },
    {
      line: 4,
      host: { text: "node2", column: 1 },
      settings: [{ key: { text: "x", column: 7 }, value: undefined }],
      comment: undefined,
      end: "\n",
    },
  ]);
});

it("tells how each line ends", () => {
  expect(splitHostfile("a\r\nb\nc").map(({ end }) => end)).toEqual(["\r\n", "\n", ""]);
  expect(splitHostfile("")).toEqual([]);
});

it("takes no mark of Unicode for a blank", () => {
  expect(splitHostfile("\ufeffa\u00a0b slots=1\n")[0]?.host).toEqual({ text: "\ufeffa\u00a0b", column: 1 });
});

it("takes a value that is missing for an empty one, and a sign without a key too", () => {
  const [line] = splitHostfile("a slots= \nb");
  expect(line?.settings).toMatchObject([{ key: { text: "slots" }, value: { text: "" } }]);
  expect(splitHostfile("a =2")[0]?.settings).toMatchObject([{ key: { text: "" }, value: { text: "2" } }]);
});

it("finds in our own text what it was rendered of", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
  const entries = fc.array(fc.record({ node: name, slots: fc.integer({ min: 1, max: 65_536 }) }));
  fc.assert(
    fc.property(entries, (any) => {
      const lines = splitHostfile(renderHostfile({ generation: 1n, entries: any })).slice(1);
      expect(
        lines.map(({ host, settings }) => ({ node: host?.text, slots: Number(settings[0]?.value?.text) })),
      ).toEqual(any);
    }),
  );
});

it("has every word of any text at the place that it names", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "=", "#", " ", "\t", "\n", "\r", "ä") }), (text) => {
      const rows = text.split("\n");
      for (const { line, host, settings, comment } of splitHostfile(text)) {
        const words = [host, comment, ...settings.flatMap(({ key, value }) => [key, value])];
        for (const word of words) {
          if (word !== undefined) expect(rows[line - 1]?.startsWith(word.text, word.column - 1)).toBe(true);
        }
      }
    }),
  );
});
