/**
 * Whether a path may be exported or mounted at: absolute, in plain characters, with no empty
 * part, "." or "..", and not a folder at the root, where the system's own lie. /etc/exports,
 * /etc/fstab and systemd each escape other characters in their own way.
 */
export function isSharePath(text: string): boolean {
  const parts = text.split("/").slice(1);
  return text.startsWith("/") && parts.length >= 2 && parts.every((part) => /^(?!\.{1,2}$)[\w.@+-]+$/.test(part));
}
