import { expect, it } from "vitest";
import { parsePrivateKey } from "./private-key.ts";

/** Made with ssh-keygen -t ed25519 for this test, without and with a passphrase. */
const open = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACB2oQ8lCIV4Smr5EUBzoDxVYAHvCP4CYSTjlvPgitzFAwAAAIg5aw6oOWsO
qAAAAAtzc2gtZWQyNTUxOQAAACB2oQ8lCIV4Smr5EUBzoDxVYAHvCP4CYSTjlvPgitzFAw
AAAEAEwfIQtav/2FIIIKNQzTohvNctn2QIh8G7FRqYtVMAnHahDyUIhXhKavkRQHOgPFVg
Ae8I/gJhJOOW8+CK3MUDAAAAA2FAYgEC
-----END OPENSSH PRIVATE KEY-----
`;
const locked = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABB5u7hk69
6kbR7b7lAcQ9vKAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIKrmZad/qhslyhuy
QPLWk3dyv9Afj73O826/Ez8aaFjIAAAAkNjqWQ/+Zx70HmkOkrSiT5ibZoRtkV4c9Pj86d
QaGEilY+/RSSF5P/lqnXdXdAZ2s33hHegK+VGUqAORJcdLzRIYmb18sX/ef2dOV+ZcUqEH
xAtf+7ehpN8spfFrffc+yshDtZq2ok26u8lmoCyGlVDSzn3gseVPwxIDSsLtJ42Lkz7/Fe
JIZLWzr4GV9KLB9Q==
-----END OPENSSH PRIVATE KEY-----
`;

it("reads the public key out of a private one", () => {
  expect(parsePrivateKey(open)).toEqual({
    form: "openssh",
    publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHahDyUIhXhKavkRQHOgPFVgAe8I/gJhJOOW8+CK3MUD",
    hasPassphrase: false,
  });
});

it("sees a passphrase", () => {
  expect(parsePrivateKey(locked)).toMatchObject({ hasPassphrase: true });
  const pem = (body: string, label = "RSA PRIVATE KEY") =>
    `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
  expect(parsePrivateKey(pem("MIIC"))).toEqual({ form: "pem", hasPassphrase: false });
  expect(parsePrivateKey(pem("Proc-Type: 4,ENCRYPTED\n\nMIIC"))).toEqual({ form: "pem", hasPassphrase: true });
  expect(parsePrivateKey(pem("MIIC", "ENCRYPTED PRIVATE KEY"))).toEqual({ form: "pem", hasPassphrase: true });
});

it.each([
  ["nothing", ""],
  ["a public key", "ssh-ed25519 AAAA ada@vm1\n"],
  ["a key that was cut short", open.slice(0, 200)],
  ["a key whose middle is missing", open.replace(/\nQy[\s\S]*YgEC/, "")],
  ["another magic", open.replace("b3Bl", "AAAA")],
])("finds no key in %s", (_what, text) => {
  expect(parsePrivateKey(text)).toBeUndefined();
});
