import { expect, it } from "vitest";
import { withoutLoopbackName } from "./loopback-lines.ts";

const cut = (text: string) => withoutLoopbackName(text, "vm1");

it("removes a loopback line that has the name alone", () => {
  expect(cut("127.0.0.1\tlocalhost\n127.0.1.1\tvm1\n192.168.56.9 nas\n")).toBe(
    "127.0.0.1\tlocalhost\n192.168.56.9 nas\n",
  );
});

it("keeps the other names of the line, and its comment and its end", () => {
  expect(cut("127.0.1.1  vm1.example vm1\tbox # installer\r\n")).toBe("127.0.1.1  vm1.example\tbox # installer\r\n");
  expect(cut("127.0.0.1 localhost vm1")).toBe("127.0.0.1 localhost");
});

it("knows the name in capitals and the other loopback", () => {
  expect(cut("127.0.1.1 VM1\n::1 vm1 ip6-localhost\n")).toBe("::1 ip6-localhost\n");
});

it("leaves everything else alone", () => {
  const others =
    "192.168.56.10 vm1\n127.0.1.1 vm10 vm1.example\n# 127.0.1.1 vm1\n\n127.0.0.1 localhost # vm1\n1270.0.1.1 vm1\n";
  expect(cut(others)).toBe(others);
});
