import { expect, it } from "vitest";
import { pickSources, pickTransport, readCodename } from "./machine-apt.ts";

it("takes the distribution's own releases, with all of their components, and nobody else's", () => {
  const targets = [
    "Debian|http://mirror.example/debian|bookworm|main",
    "Debian|http://mirror.example/debian|bookworm|contrib",
    "Debian|http://mirror.example/security|bookworm-security|main",
    "Debian|http://mirror.example/debian|sid|main",
    "Somebody|http://other.example/apt|bookworm|main",
    "",
  ].join("\n");
  expect(pickSources(targets, "bookworm")).toEqual([
    "deb http://mirror.example/debian bookworm main contrib",
    "deb http://mirror.example/security bookworm-security main",
  ]);
});

it("takes from apt's configuration what reaching the mirror needs", () => {
  const dump = [
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::https::Proxy "";',
    'Acquire::Check-Date "false";',
    'Acquire::cdrom::mount "/media/cdrom/";',
    'Acquire::Languages "none";',
  ].join("\n");
  expect(pickTransport(dump)).toEqual([
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::Check-Date "false";',
  ]);
});

it("reads the codename", () => {
  expect(readCodename('NAME="Debian"\nVERSION_CODENAME=bookworm\n')).toBe("bookworm");
  expect(readCodename('NAME="Debian"\n')).toBeUndefined();
});
