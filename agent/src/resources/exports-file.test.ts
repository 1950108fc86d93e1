import { expect, it } from "vitest";
import { readExports } from "./exports-file.ts";

const entry = (path: string, clients: string, ...options: string[]) => ({ path, clients, options });

it.each([
  ["the manual's line", "/srv/a *(rw,sync)\n", [entry("/srv/a", "*", "rw", "sync")]],
  [
    "several clients",
    "/srv/a\tone(rw) 10.0.0.0/8(ro)",
    [entry("/srv/a", "one", "rw"), entry("/srv/a", "10.0.0.0/8", "ro")],
  ],
  ["options for everybody", "/srv/a (ro)", [entry("/srv/a", "*", "ro")]],
  ["no clients", "/srv/a", [entry("/srv/a", "*")]],
  [
    "default options",
    "/srv/a -rw,sync one two(ro)",
    [entry("/srv/a", "one", "rw", "sync"), entry("/srv/a", "two", "rw", "sync", "ro")],
  ],
  ["a mask in numbers", "/srv/a 10.0.0.0/255.255.0.0(rw)", [entry("/srv/a", "10.0.0.0/16", "rw")]],
  [
    "a line that goes on",
    "/srv/a \\\n  *(rw)\n/srv/b *(ro)\n",
    [entry("/srv/a", "*", "rw"), entry("/srv/b", "*", "ro")],
  ],
  ["a last line that would go on", "/srv/a *(rw) \\", [entry("/srv/a", "*", "rw")]],
  ["comments and empty lines", "# /srv/x *(rw)\n\n/srv/a *(rw) # mine\n", [entry("/srv/a", "*", "rw")]],
  [
    "quotes and escapes",
    '"/srv/a b" *(rw)\n/srv/c\\040d *(ro)\n',
    [entry("/srv/a b", "*", "rw"), entry("/srv/c d", "*", "ro")],
  ],
  ["a slash at the end", "/srv/a/ *(rw)\r\n", [entry("/srv/a", "*", "rw")]],
])("reads %s", (_what, text, expected) => {
  expect(readExports(text)).toEqual(expected);
});
