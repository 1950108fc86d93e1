import { expect, it } from "vitest";
import { groupNamed, parseAccountBook, userNamed } from "./account-book.ts";

/** From a Debian 12 machine, with what NIS and careless editors leave. */
const passwd = `root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
mpihpc:x:7777:7777:Ada, the first,,:/home/mpihpc:/bin/bash
noshell:x:1001:1001::/home/noshell:

# a comment
+@crew::::::
broken:x:one:1:::
short:x:5
root:x:99:99:second:/tmp:/bin/sh
`;
const group = "root:x:0:\nsudo:x:27:ada,mpihpc\nmpihpc:x:7777:\n+:::\n";
const book = parseAccountBook(passwd, group, "root:*:19000::::::\nnobody:*:19000::::::\nmpihpc:!:19000::::::\n");

it("reads users and passes over lines that are none", () => {
  expect(book.users.map(({ name }) => name)).toEqual(["root", "nobody", "mpihpc", "noshell", "root"]);
  expect(userNamed(book, "mpihpc")).toEqual({
    name: "mpihpc",
    uid: 7777,
    gid: 7777,
    home: "/home/mpihpc",
    shell: "/bin/bash",
  });
  expect(userNamed(book, "noshell")?.shell).toBe("/bin/sh");
});

it("takes the first of two lines of one name", () => {
  expect(userNamed(book, "root")?.uid).toBe(0);
});

it("reads groups and their members", () => {
  expect(groupNamed(book, "sudo")).toEqual({ name: "sudo", gid: 27, members: ["ada", "mpihpc"] });
  expect(groupNamed(book, "mpihpc")?.members).toEqual([]);
  expect(groupNamed(book, "absent")).toBeUndefined();
});

it("finds users whose line in the shadow file is missing", () => {
  expect(book.unfinished).toEqual(["noshell", "broken", "short"]);
  expect(parseAccountBook(passwd, group, undefined).unfinished).toEqual([]);
});
