import { createSecureContext } from "node:tls";
import { controllerServerName } from "@cowherd/proto";
import { type ChannelCredentials, type ClientOptions, credentials } from "@grpc/grpc-js";

/** Credentials of one end: TLS 1.3, this authority and no other, a key where the other end asks for one. */
export function createCredentials(options: {
  readonly authority: string;
  readonly key?: string;
  readonly certificate?: string;
}): ChannelCredentials {
  const { authority, key, certificate } = options;
  const context = createSecureContext({ ca: authority, key, cert: certificate, minVersion: "TLSv1.3" });
  return credentials.createFromSecureContext(context);
}

/** What every channel to the controller is made with. The defaults of grpc-js are not a daemon's. */
export const channelOptions: ClientOptions = {
  "grpc.ssl_target_name_override": controllerServerName,
  "grpc.default_authority": controllerServerName,
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.keepalive_permit_without_calls": 1,
  "grpc.initial_reconnect_backoff_ms": 500,
  "grpc.max_reconnect_backoff_ms": 2_000, // with the pause between heartbeats still well below a lease
  "grpc.max_receive_message_length": 8 * 1024 * 1024,
  "grpc.max_send_message_length": 4 * 1024 * 1024,
  "grpc.enable_retries": 0, // the loops above know what is worth repeating
  "grpc.enable_http_proxy": 0, // a proxy for packages is none for the cluster's own network
  "grpc.use_local_subchannel_pool": 1, // a renewed certificate gets a connection of its own
  "grpc.service_config_disable_resolution": 1,
  "grpc.enable_channelz": 0,
};

/** Names the place of a service as grpc-js wants it. */
export function targetOf(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
