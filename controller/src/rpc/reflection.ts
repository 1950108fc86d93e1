import type { Server, ServerDuplexStream } from "@grpc/grpc-js";
import { fromJSON, loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";
import { ReflectionV1Implementation } from "@grpc/reflection/build/src/implementations/reflection-v1.js";
import { serviceOf } from "./foreign-service.ts";

type Message = Parameters<ReflectionV1Implementation["handleServerReflectionRequest"]>[0];
type Answer = ReturnType<ReflectionV1Implementation["handleServerReflectionRequest"]>;

/** The published protocol, grpc/reflection/v1/reflection.proto. */
const protocol: Parameters<typeof fromJSON>[0] = {
  nested: {
    ServerReflectionRequest: {
      oneofs: {
        message_request: {
          oneof: [
            "file_by_filename",
            "file_containing_symbol",
            "file_containing_extension",
            "all_extension_numbers_of_type",
            "list_services",
          ],
        },
      },
      fields: {
        host: { type: "string", id: 1 },
        file_by_filename: { type: "string", id: 3 },
        file_containing_symbol: { type: "string", id: 4 },
        file_containing_extension: { type: "ExtensionRequest", id: 5 },
        all_extension_numbers_of_type: { type: "string", id: 6 },
        list_services: { type: "string", id: 7 },
      },
    },
    ExtensionRequest: {
      fields: { containing_type: { type: "string", id: 1 }, extension_number: { type: "int32", id: 2 } },
    },
    ServerReflectionResponse: {
      oneofs: {
        message_response: {
          oneof: [
            "file_descriptor_response",
            "all_extension_numbers_response",
            "list_services_response",
            "error_response",
          ],
        },
      },
      fields: {
        valid_host: { type: "string", id: 1 },
        original_request: { type: "ServerReflectionRequest", id: 2 },
        file_descriptor_response: { type: "FileDescriptorResponse", id: 4 },
        all_extension_numbers_response: { type: "ExtensionNumberResponse", id: 5 },
        list_services_response: { type: "ListServiceResponse", id: 6 },
        error_response: { type: "ErrorResponse", id: 7 },
      },
    },
    FileDescriptorResponse: { fields: { file_descriptor_proto: { rule: "repeated", type: "bytes", id: 1 } } },
    ExtensionNumberResponse: {
      fields: {
        base_type_name: { type: "string", id: 1 },
        extension_number: { rule: "repeated", type: "int32", id: 2 },
      },
    },
    ListServiceResponse: { fields: { service: { rule: "repeated", type: "ServiceResponse", id: 1 } } },
    ServiceResponse: { fields: { name: { type: "string", id: 1 } } },
    ErrorResponse: { fields: { error_code: { type: "int32", id: 1 }, error_message: { type: "string", id: 2 } } },
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
    { keepCase: true, oneofs: true, longs: String, enums: String },
  );
  const reflection = new ReflectionV1Implementation(loadFileDescriptorSetFromBuffer(schema));
  server.addService(serviceOf(definitions, "grpc.reflection.v1.ServerReflection"), {
    ServerReflectionInfo(call: ServerDuplexStream<Message, Answer>) {
      call.on("data", (message: Message) => call.write(reflection.handleServerReflectionRequest(message)));
      call.on("end", () => call.end());
    },
  });
}
