import { setTimeout as sleep } from "node:timers/promises";
import { type BrokerUsers, createBrokerUsers } from "./broker/broker-users.ts";
import type { Timing } from "./config.ts";
import { refuseClone, refuseOtherMachine } from "./enrollment/clone.ts";
import { createEnrollment, type Enrollment } from "./enrollment/enrollment.ts";
import { expiringCertificates } from "./enrollment/expiring.ts";
import type { EventLog } from "./events/event-log.ts";
import { eventRulesOf } from "./events/event-rules.ts";
import { type BusSupply, createPublishing, type Publishing } from "./events/publishing.ts";
import { createHooks, type Hooks } from "./hooks/hooks.ts";
import type { CertificateAuthority } from "./identity/certificate-authority.ts";
import { createLiveness, type Liveness } from "./leases/liveness.ts";
import { createOperators, type Operators } from "./operators/operators.ts";
import { createPins, type Pins } from "./operators/pins.ts";
import { createUpkeep, type Upkeep } from "./operators/upkeep.ts";
import type { Answer } from "./proofs/evidence.ts";
import { createProber } from "./proofs/prober.ts";
import { createLoop, type Loop, type LoopDeps } from "./reconcile/loop.ts";
import { createRunningTime } from "./reconcile/running-time.ts";
import { type Bells, createBells } from "./sessions/bells.ts";
import { type Checks, createChecks } from "./sessions/checks.ts";
import { createSessions, type Sessions } from "./sessions/sessions.ts";
import { primaryOf } from "./spec/primary-of.ts";
import type { RunRecord } from "./state/cluster-state.ts";
import { FactsRefusedError, factsLimits, parseFacts, type ReportedFacts } from "./state/parse-facts.ts";
import type { ClusterStore } from "./store/cluster-store.ts";
import { createTokens, type Tokens } from "./tokens/tokens.ts";

/** The world, as the controller needs it. */
export type ControllerDeps = {
  readonly store: ClusterStore;
  readonly authority: CertificateAuthority;
  /** Milliseconds of the wall clock: for certificates and tokens. */
  readonly now: () => number;
  /** Milliseconds of a clock that only goes forwards: for leases. */
  readonly monotonic: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly timing: Timing;
  /** Undefined where events are published nowhere, whatever the spec says. */
  readonly buses?: BusSupply;
  /** How many events are kept, and whether a broker waits for them; left out for what the spec says. */
  readonly eventRules?: LoopDeps["eventRules"];
};

/** The controller without its doors. */
export interface Controller {
  readonly loop: Loop;
  readonly authority: CertificateAuthority;
  readonly sessions: Sessions;
  readonly checks: Checks;
  readonly liveness: Liveness;
  readonly enrollment: Enrollment;
  readonly tokens: Tokens;
  readonly operators: Operators;
  readonly pins: Pins;
  readonly upkeep: Upkeep;
  readonly hooks: Hooks;
  readonly brokerUsers: BrokerUsers;
  /** Rung whenever what `status` shows may have changed. */
  readonly watchers: Bells;
  /** What observers should hear of. */
  readonly events: EventLog;
  /** Rung after each commit that added events. */
  readonly eventBells: Bells;
  /** To be disposed of before the store is closed. */
  readonly publishing: Publishing | undefined;
  readonly timing: Timing;
  /** Milliseconds of the wall clock. */
  readonly now: () => number;
  /** Replaces what is known of a node. Throws FactsRefusedError, and then `status` tells why. */
  reportFacts(node: string, facts: ReportedFacts): void;
  /** `handEdit` says what the run took back of the hostfile, in words; only the primary has one. */
  reportRun(node: string, run: RunRecord, handEdit?: string): void;
  /** Notes that a node opened a session: what it was asked over an older one is asked anew. */
  sessionOpened(node: string): void;
  /** Takes a node's answer to a probe, about itself or another: whom it was asked about is known here. */
  reportProof(node: string, id: string, answer: Answer): void;
  /** Ends leases that ran out, gives up probes and hooks that nobody answered, tells of certificates that end soon, and asks what is due. To be called at short intervals. */
  tick(): void;
  /** Notes that a node speaks with this certificate, which makes its older one worthless. */
  certificateUsed(node: string, certificate: string): void;
}

/** The store holds no cluster: `init` was never run, or not to its end. */
export class NotInitialisedError extends Error {
  override readonly name = "NotInitialisedError";
}

/** So often, at most, it is noted how many events were published. */
const noteMs = 1_000;

/** So long an event waits for others, which are then published with it for little more than one costs. */
const gatherMs = 100;

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {}); // called off is over, too
}

/** Takes a cluster up where the store left it. Throws NotInitialisedError. */
export function createController(deps: ControllerDeps): Controller {
  const initial = deps.store.load();
  if (initial === undefined) throw new NotInitialisedError("there is no cluster here yet");

  const watchers = createBells();
  const eventBells = createBells();
  const sessions = createSessions();
  const newId = () => Buffer.from(deps.randomBytes(8)).toString("hex");
  const prober = createProber({ ...deps, sessions, newId });
  const hooks = createHooks({
    ...deps,
    loop: () => loop,
    log: deps.store.events,
    sessions,
    pauseMs: deps.timing.pauseMs,
  });
  const publishing =
    deps.buses &&
    createPublishing({
      ...deps.buses,
      log: deps.store.events,
      now: deps.now,
      random: () => (deps.randomBytes(1)[0] ?? 0) / 256,
      pause,
      noteDelay: (signal) => pause(noteMs, signal),
      gatherDelay: (signal) => pause(gatherMs, signal),
      deadline: (ms) => AbortSignal.timeout(ms),
      changed: () => watchers.ringAll(),
    });
  const loop: Loop = createLoop(initial, {
    store: deps.store,
    runningTime: createRunningTime(initial.state.runTime, deps.monotonic, deps.timing.pauseMs),
    now: deps.now,
    randomBytes: deps.randomBytes,
    eventRules: deps.eventRules ?? (({ events }) => eventRulesOf(events, publishing !== undefined)),
    pace: deps.timing.pace,
    tell(committed) {
      sessions.keepOnly(committed.before.state.nodes, committed.after.state.nodes);
      sessions.offer(committed.desired);
      prober.ask(committed.after.state);
      hooks.look(committed.after.state);
      watchers.ringAll();
      if (committed.events.length > 0) eventBells.ringAll();
      publishing?.follow(committed.after.state.spec);
    },
  });
  publishing?.follow(loop.record().state.spec);
  const liveness = createLiveness({ ...deps, loop, activityChanged: () => watchers.ringAll() });

  return {
    loop,
    authority: deps.authority,
    sessions,
    checks: createChecks(sessions, newId),
    liveness,
    enrollment: createEnrollment({ ...deps, loop }),
    tokens: createTokens({ ...deps, loop }),
    operators: createOperators({ ...deps, loop, lastEvent: () => deps.store.events.last() }),
    pins: createPins(loop),
    upkeep: createUpkeep(loop),
    hooks,
    brokerUsers: createBrokerUsers({ loop, now: deps.now }),
    now: deps.now,
    watchers,
    events: deps.store.events,
    eventBells,
    publishing,
    timing: deps.timing,

    reportFacts(node, reported) {
      const { state } = loop.record();
      try {
        const facts = parseFacts(reported, factsLimits(state.spec));
        refuseOtherMachine(state, node, facts);
        refuseClone(state, node, facts);
        loop.commit({ events: [{ type: "facts-reported", node, facts }] });
      } catch (error) {
        if (!(error instanceof FactsRefusedError)) throw error;
        loop.commit({ events: [{ type: "facts-refused", node, problem: error.message }] });
        throw error;
      }
    },

    reportRun(node, run, handEdit) {
      const edited = handEdit !== undefined && node === primaryOf(loop.record().state.spec);
      const edit = edited ? [{ type: "hostfile-edited", edit: { at: deps.now(), words: handEdit } } as const] : [];
      loop.commit({ events: [{ type: "run-reported", node, run }, ...edit] });
    },

    sessionOpened(node) {
      prober.forget(node);
      prober.ask(loop.present());
      hooks.askAgain(node);
    },

    reportProof(node, id, answer) {
      const event = prober.answer(node, id, answer);
      if (event !== undefined) loop.commit({ events: [event] });
    },

    tick() {
      liveness.tick();
      const unanswered = prober.giveUp(loop.present());
      const events = [...unanswered, ...expiringCertificates(loop.record().state, deps.now())];
      if (events.length > 0) loop.commit({ events });
      prober.ask(loop.present());
      hooks.giveUp();
      hooks.look(loop.record().state);
    },

    certificateUsed(node, certificate) {
      const certificates = loop.record().state.nodes.get(node)?.certificates ?? [];
      if (certificates.length > 1 && certificates.at(-1) === certificate) {
        loop.commit({ events: [{ type: "certificate-used", node, certificate }] });
      }
    },
  };
}
