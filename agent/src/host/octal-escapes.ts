/** Puts back what stands as a backslash and three octal digits, as /etc/fstab, /etc/exports and the kernel's tables write blanks. */
export function withoutOctalEscapes(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_all, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
