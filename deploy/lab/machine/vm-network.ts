import { checkCommand } from "./command.ts";
import { ipIn, plugIn } from "./network.ts";

/**
 * A virtual machine's namespace: its cluster NIC is a tap on a bridge with the cable to the
 * lab's bridge. QEMU runs in it, so that the NAT, which leaves QEMU by the namespace's own
 * routes, has none: a guest is told at once that there is no way on.
 */
export type VmNetwork = { readonly labNamespace: string; readonly namespace: string; readonly bridgePort: string };

export const TAP = "tap0";

export async function createVmNetwork({ labNamespace, namespace, bridgePort }: VmNetwork): Promise<void> {
  await checkCommand(["ip", "netns", "add", namespace]);
  await ipIn(namespace, ["link add plug type bridge", `tuntap add dev ${TAP} mode tap`]);
  await plugIn(labNamespace, bridgePort, `name cable netns ${namespace}`);
  await ipIn(namespace, ["link set cable master plug up", `link set ${TAP} master plug up`, "link set plug up"]);
}
