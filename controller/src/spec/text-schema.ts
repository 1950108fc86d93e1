import { parseAddress } from "./ipv4.ts";
import { quote } from "./printable.ts";
import { textThat } from "./schema-parts.ts";

export const addressText = textThat("an address such as 192.168.56.10", (text) =>
  parseAddress(text) === undefined
    ? `${quote(text)} is no IPv4 address: expected one such as 192.168.56.10`
    : undefined,
);

/** No character that a shell, a table of the system or an MPI parameter file would read as its own. */
export const cleanPath = textThat("an absolute path", (text) => {
  if (!text.startsWith("/")) return `${quote(text)} is not absolute: start with "/"`;
  if (text.length > 255) return `the path has ${text.length} characters: at most 255 are allowed`;
  const parts = text.slice(1).split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    return `${quote(text)} is not in its plainest form: leave out "//", "/./", "/../" and the last "/"`;
  }
  return parts.every((part) => /^[\w.@+~-]+$/.test(part))
    ? undefined
    : `${quote(text)} holds a character that will not do: use letters, digits and . _ @ + ~ -`;
});

/** A path for tables as well that escape characters each in their own way: exports(5), fstab(5), systemd's units. */
export const plainPath = cleanPath.check(({ value, issues }) => {
  if (value.includes("~")) issues.push({ code: "custom", message: `${quote(value)} holds a "~"`, input: value });
});
