import type { JoinFailure } from "./join-error.ts";

/** How a join that failed ends for the one who called it. Exit codes are never given another meaning. */
export type JoinEnd = {
  readonly exitCode: number;
  /** What to do next, as one sentence. */
  readonly advice: string;
};

const freshToken = "On the primary, make a fresh one with: cowctl token create --node NAME";

/** The one table of how joins fail. Exit code 1 is left to faults of ours, 2 to a wrong command line. */
export const joinEnds: Readonly<Record<JoinFailure, JoinEnd>> = {
  "not-root": { exitCode: 3, advice: "Run it as root, such as with sudo." },
  "token-malformed": { exitCode: 4, advice: "Paste the whole line that cowctl token create printed." },
  "already-joined": {
    exitCode: 5,
    advice: "To leave that cluster for this one, repeat the command with --force.",
  },
  unreachable: {
    exitCode: 10,
    advice: "Look whether the primary is on, the address is its own, and ports 7442 and 7443 are open, then repeat.",
  },
  "pin-mismatch": {
    exitCode: 11,
    advice:
      "The token's secret was not sent. Either the address is of another cluster's primary, or someone stands between.",
  },
  "token-unknown": { exitCode: 12, advice: freshToken },
  "token-expired": { exitCode: 13, advice: freshToken },
  "token-used": { exitCode: 14, advice: freshToken },
  "token-of-other-node": {
    exitCode: 15,
    advice: "Use this node's own token; or, to make the machine that other node, name it with --node.",
  },
  "node-unknown": { exitCode: 16, advice: "Add the node to cluster.yaml and apply it: cowctl apply -f cluster.yaml" },
  "facts-refused": { exitCode: 17, advice: "Set right what the message names, then repeat." },
  "clock-wrong": { exitCode: 18, advice: "Set the clock, such as with timedatectl set-ntp true, then repeat." },
  refused: { exitCode: 19, advice: "The controller's log says more: journalctl -u cowherd-controller" },
  "service-not-started": {
    exitCode: 20,
    advice: "The machine has joined. Start its agent with: systemctl enable --now cowherd-agent.service",
  },
  "not-now": { exitCode: 21, advice: "Nothing was changed. Repeat it once what the message names is over." },
};
