import { describe, expect, it } from "vitest";
import { LabRequestError } from "./lab-error.ts";
import { checkAddress, checkName, hostLayout, labLayout } from "./layout.ts";

describe("a name", () => {
  it.each(["a", "primary", "secondary-2", "a".repeat(24)])("may be %s", (name) => {
    expect(checkName("host", name)).toBe(name);
  });

  it.each(["", "..", "a/b", "a.b", "A", "1a", "-a", "a-", "a b", "a\n", "a".repeat(25)])("may not be %j", (name) => {
    expect(() => labLayout(name)).toThrow(LabRequestError);
    expect(() => hostLayout("lab", name, "192.168.56.11")).toThrow(LabRequestError);
  });
});

describe("an address", () => {
  it.each(["192.168.56.2", "192.168.56.254"])("may be %s", (address) => {
    expect(checkAddress(address)).toBe(address);
  });

  it.each(["192.168.56.1", "192.168.56.255", "192.168.56.", "192.168.56.011", "192.168.57.11", "192.168.56.1e1", "x"])(
    "may not be %s",
    (address) => expect(() => checkAddress(address)).toThrow(LabRequestError),
  );
});

it("gives no two labs or hosts the same place", () => {
  const places = [hostLayout("a", "b-c", "192.168.56.2"), hostLayout("a-b", "c", "192.168.56.2")];
  expect(new Set(places.map(({ namespace }) => namespace)).size).toBe(2);
  expect(new Set(places.map(({ folder }) => folder)).size).toBe(2);
  expect(new Set(places.map(({ cgroup }) => cgroup)).size).toBe(2);
  expect(new Set(places.map(({ machine }) => machine)).size).toBe(2);
});
