import type { LabHost } from "./lab.ts";
import type { HostState, LabKind } from "./lab-state.ts";

/** A host of one lab: everything about it follows from these. */
export type HostIdentity = { readonly lab: string; readonly name: string; readonly state: HostState };

/** What the hosts of a lab start as: folders that nobody changes. */
export type Foundation = {
  /** What disks start as. */
  readonly disk: string;
  /** The packages that the lab serves. */
  readonly repository: string;
};

/** How hosts of one kind are made. Labs differ in nothing else. */
export type Machinery<Host extends LabHost> = {
  readonly kind: LabKind;
  /**
   * Builds or finds what labs of this kind stand on, whose hosts have `installed` from the
   * start. Throws UnfitMachineError if this machine cannot run them.
   */
  prepare(report: ((line: string) => void) | undefined, installed: readonly string[]): Promise<Foundation>;
  /** Throws LabRequestError if no host can be like that. */
  checkState(state: HostState): void;
  /** Gives a claimed host its disk and its NICs. It is off until `powerOn`. */
  install(host: HostIdentity, disk: string): Promise<void>;
  /** As install, with the disk that `source` has now. */
  clone(source: HostIdentity, host: HostIdentity, disk: string): Promise<void>;
  /** Returns the host without touching it. `onRemoved` is called once it is gone. */
  open(host: HostIdentity, disk: string, onRemoved: () => void): Promise<Host>;
  /** Destroys all that there is of a host, in whatever state it was left. Harmless if it is gone. */
  destroy(host: HostIdentity): Promise<void>;
};
