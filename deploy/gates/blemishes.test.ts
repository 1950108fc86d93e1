import { describe, expect, it } from "vitest";
import { findBlemishes } from "./blemishes.ts";

const project = "/srv/builds/cowherd/";
const todo = ["TO", "DO"].join("");
const ignore = ["biome", "ignore"].join("-");

describe("findBlemishes", () => {
  it("names the line of unfinished work and of a silenced check", () => {
    expect(findBlemishes("a.ts", `// ${todo}: later\nconst a = 1;\n// ${ignore} lint: no\n`, project)).toEqual([
      "a.ts:1: unfinished work",
      "a.ts:3: a silenced check",
    ]);
  });

  it("finds the folder that the project was built in", () => {
    const text = 'const a = "/srv/builds/cowherd/dist";\nconst b = "/srv/builds/cowherd";\n';
    expect(findBlemishes("a.ts", text, project)).toEqual([
      "a.ts:1: a path of the machine that built it",
      "a.ts:2: a path of the machine that built it",
    ]);
  });

  it("lets words and paths be that only look alike", () => {
    const text = 'const mastodon = "/srv/builds/cowherd-lab"; // a to-do list, not ./srv/builds/cowherd\n';
    expect(findBlemishes("a.ts", text, project)).toEqual([]);
  });
});
