import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { connect } from "node:tls";
import { controllerServerName } from "@cowherd/proto";
import type { Membership } from "../journal/membership.ts";
import type { ReachController } from "../network/reach-controller.ts";
import { deviceTowards, type Route } from "../network/routes.ts";
import { addressOf, isWithin, parseCidr } from "../network/subnet.ts";

/** What reaching the controller stands on. */
export type TlsReachDeps = {
  /** Where the controller is, and who may say to be it. */
  readonly membership: Pick<Membership, "address" | "agentPort" | "authority">;
  routes(): Promise<readonly Route[]>;
  /** Tells whether a cable, or what stands for one, is in an interface. False where there is no such interface. */
  hasCarrier(device: string): Promise<boolean>;
};

const connectMs = 3_000;

/**
 * Reaches the controller by a TLS handshake: nobody else holds a certificate of the cluster's CA with its name.
 *
 * On the primary that handshake leaves the machine through no interface, so the interface
 * must have a carrier besides. Not proved there: that any node is reached over it. The
 * wrong NIC of two with a cable each, or a wrong length of the network, is confirmed, and
 * shows in the secondaries that the controller misses.
 */
export function createTlsReach({ membership, routes, hasCarrier }: TlsReachDeps): ReachController {
  return {
    async reach({ address, device }, signal) {
      try {
        const { address: host, agentPort: port, authority } = membership;
        const { address: to } = await lookup(host, { family: 4 });
        const cidr = parseCidr(address);
        const isNear = cidr !== undefined && isWithin(cidr, to);
        const own = isOwn(to);
        if (own && !(await hasCarrier(device))) return false;
        if (isNear && !own && deviceTowards(to, await routes()) !== device) return false;
        const localAddress = isNear ? addressOf(address) : undefined;
        return await handshake({ host: to, port, localAddress, ca: authority }, signal);
      } catch {
        return false; // a name that is not resolved, or an address that is no longer there to connect from
      }
    },
  };
}

function handshake(
  to: { readonly host: string; readonly port: number; readonly localAddress: string | undefined; readonly ca: string },
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...to, servername: controllerServerName, minVersion: "TLSv1.3" });
    const end = (reached: boolean) => {
      signal.removeEventListener("abort", leave);
      clearTimeout(timer);
      socket.destroy();
      resolve(reached);
    };
    const leave = () => end(false);
    const timer = setTimeout(leave, connectMs);
    signal.addEventListener("abort", leave, { once: true });
    socket.once("secureConnect", () => end(true)); // the name and the CA were verified
    socket.on("error", leave);
  });
}

/** The primary reaches its own controller without any interface. */
function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === address));
}
