import type { Server, ServerDuplexStream } from "@grpc/grpc-js";
import { fromJSON, loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";
import { ReflectionV1Implementation } from "@grpc/reflection/build/src/implementations/reflection-v1.js";
import { serviceOf } from "./foreign-service.ts";

type Message = Parameters<ReflectionV1Implementation["handleServerReflectionRequest"]>[0];
type Answer = ReturnType<ReflectionV1Implementation["handleServerReflectionRequest"]>;

/** The published protocol, grpc/reflection/v1/reflection.proto, with names as the library takes them. */
const protocol: Parameters<typeof fromJSON>[0] = {
  nested: {
    ServerReflectionRequest: {
      oneofs: {
        messageRequest: {
          oneof: [
            "fileByFilename",
            "fileContainingSymbol",
            "fileContainingExtension",
            "allExtensionNumbersOfType",
            "listServices",
          ],
        },
      },
      fields: {
        host: { type: "string", id: 1 },
        fileByFilename: { type: "string", id: 3 },
        fileContainingSymbol: { type: "string", id: 4 },
        fileContainingExtension: { type: "ExtensionRequest", id: 5 },
        allExtensionNumbersOfType: { type: "string", id: 6 },
        listServices: { type: "string", id: 7 },
      },
    },
    ExtensionRequest: {
      fields: { containingType: { type: "string", id: 1 }, extensionNumber: { type: "int32", id: 2 } },
    },
    ServerReflectionResponse: {
      oneofs: {
        messageResponse: {
          oneof: ["fileDescriptorResponse", "allExtensionNumbersResponse", "listServicesResponse", "errorResponse"],
        },
      },
      fields: {
        validHost: { type: "string", id: 1 },
        originalRequest: { type: "ServerReflectionRequest", id: 2 },
        fileDescriptorResponse: { type: "FileDescriptorResponse", id: 4 },
        allExtensionNumbersResponse: { type: "ExtensionNumberResponse", id: 5 },
        listServicesResponse: { type: "ListServiceResponse", id: 6 },
        errorResponse: { type: "ErrorResponse", id: 7 },
      },
    },
    FileDescriptorResponse: { fields: { fileDescriptorProto: { rule: "repeated", type: "bytes", id: 1 } } },
    ExtensionNumberResponse: {
      fields: {
        baseTypeName: { type: "string", id: 1 },
        extensionNumber: { rule: "repeated", type: "int32", id: 2 },
      },
    },
    ListServiceResponse: { fields: { service: { rule: "repeated", type: "ServiceResponse", id: 1 } } },
    ServiceResponse: { fields: { name: { type: "string", id: 1 } } },
    ErrorResponse: { fields: { errorCode: { type: "int32", id: 1 }, errorMessage: { type: "string", id: 2 } } },
    ServerReflection: {
      methods: {
        ServerReflectionInfo: {
          requestType: "ServerReflectionRequest",
          requestStream: true,
          responseType: "ServerReflectionResponse",
          responseStream: true,
          comment: "",
        },
      },
    },
  },
};

/**
 * Lets tools such as grpcurl ask a server what it offers. `schema` is the FileDescriptorSet
 * that the generated code was made from.
 *
 * The library's own way of joining a server reads the protocol from a file beside it, which
 * a bundle does not have; hence its inner part, and the protocol above.
 */
export function addReflection(server: Server, schema: Buffer): void {
  const definitions = fromJSON(
    { nested: { grpc: { nested: { reflection: { nested: { v1: protocol } } } } } },
    { oneofs: true, defaults: true },
  );
  const reflection = new ReflectionV1Implementation(loadFileDescriptorSetFromBuffer(schema));
  server.addService(serviceOf(definitions, "grpc.reflection.v1.ServerReflection"), {
    ServerReflectionInfo(call: ServerDuplexStream<Message, Answer>) {
      call.on("data", (message: Message) => call.write(reflection.handleServerReflectionRequest(message)));
      call.on("end", () => call.end());
    },
  });
}
