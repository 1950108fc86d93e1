import { ErrorCode, NatsError } from "nats";
import { oneLine } from "../spec/printable.ts";

const longestReason = 200;

/** Says in one line, for people, what went wrong at a server, which may have said anything. */
export function natsReason(error: unknown): string {
  if (!(error instanceof Error)) return "the connection was closed";
  if (!(error instanceof NatsError)) return oneLine(error.message, longestReason);
  if (error.api_error !== undefined) return oneLine(error.api_error.description, longestReason);
  switch (error.code) {
    case ErrorCode.ConnectionRefused:
      return "connection refused";
    case ErrorCode.Timeout:
    case ErrorCode.ConnectionTimeout:
      return "no answer in time";
    case ErrorCode.AuthorizationViolation:
    case ErrorCode.AuthenticationExpired:
    case ErrorCode.AuthenticationTimeout:
    case ErrorCode.BadAuthentication:
      return "it refuses who we are: look at the credentials";
    case ErrorCode.NoResponders:
      return "it has no JetStream, or the stream is gone";
    case ErrorCode.ServerOptionNotAvailable:
      return "it speaks no TLS";
    case ErrorCode.ConnectionClosed:
    case ErrorCode.Disconnect:
      return "the connection was closed";
    default:
      return oneLine(error.message, longestReason);
  }
}
