import { expect, it } from "vitest";
import { publishingNotice } from "./publishing-notice.ts";

const trouble = { since: 1_000_000, reason: "tls://10.0.0.1:4222: connection refused", waiting: 340n };
const keep = { days: 7, count: 20_000, megabytes: 256 };

it("says for how long, why, how many, and until when", () => {
  expect(publishingNotice(trouble, keep, 1_000_000 + 720_000)).toBe(
    "events are not published, for 12 min now: tls://10.0.0.1:4222: connection refused; 340 wait and are kept for 7 days, 20000 at most",
  );
});

it("speaks of one as of one, and of no time that has not been", () => {
  expect(publishingNotice({ ...trouble, waiting: 1n }, { ...keep, days: 1 }, 0)).toBe(
    "events are not published, for 1 s now: tls://10.0.0.1:4222: connection refused; 1 waits and is kept for a day, 20000 at most",
  );
});
