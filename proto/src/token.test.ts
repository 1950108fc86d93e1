import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatToken, InvalidTokenError, parseToken } from "./token.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe("a join token", () => {
  it("reads as it was written", () => {
    fc.assert(
      fc.property(bytes(16), bytes(32), (secret, pin) => {
        const parsed = parseToken(formatToken({ secret, pin }));
        expect([...parsed.secret]).toEqual([...secret]);
        expect([...parsed.pin]).toEqual([...pin]);
      }),
    );
  });

  it("is one word that no shell touches", () => {
    fc.assert(
      fc.property(bytes(16), bytes(32), (secret, pin) => {
        expect(formatToken({ secret, pin })).toMatch(/^cowherd1_[A-Za-z0-9_-]{64}$/);
      }),
    );
  });

  const whole = formatToken({ secret: new Uint8Array(16), pin: new Uint8Array(32) });

  it.each(["", "cowherd1_", whole.slice(0, -1), `${whole}A`, whole.replace("cowherd1", "cowherd2"), ` ${whole}`])(
    "is refused as %j",
    (text) => {
      expect(() => parseToken(text)).toThrow(InvalidTokenError);
    },
  );
});
