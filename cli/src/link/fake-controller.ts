import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorDetailTrailer } from "@cowherd/proto";
import {
  type AddEventsUserRequest,
  type AddEventsUserResponse,
  type AdoptHostfileRequest,
  type AdoptHostfileResponse,
  type ApplyRequest,
  type ApplyResponse,
  type CreateTokenRequest,
  type CreateTokenResponse,
  type DrainNodeRequest,
  type DrainNodeResponse,
  ErrorDetail,
  type ExplainNodeRequest,
  type ExplainNodeResponse,
  type GetHostfileResponse,
  type GetStatusResponse,
  type GetVersionResponse,
  type IssueOperatorCertificateRequest,
  type IssueOperatorCertificateResponse,
  type ListEventsRequest,
  type ListEventsResponse,
  type ListEventsUsersResponse,
  type ListHostfileGenerationsResponse,
  type ListTokensResponse,
  OperatorServiceService,
  type PlanRequest,
  type PlanResponse,
  type ReleaseNodeRequest,
  type RemoveEventsUserRequest,
  type RemoveNodeRequest,
  type RevokeTokenRequest,
  type RollBackHostfileRequest,
  type RollBackHostfileResponse,
  type UndrainNodeRequest,
  type UnpinHostfileResponse,
  type WatchStatusResponse,
} from "@cowherd/proto/wire";

import {
  ServerCredentials as credentials,
  type handleUnaryCall,
  Metadata,
  Server,
  type ServerCredentials,
  type ServerWritableStream,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

/** What a fake controller says; a method without an answer is not implemented. */
export type Answers = {
  readonly getVersion?: () => GetVersionResponse;
  readonly getStatus?: () => GetStatusResponse | Promise<GetStatusResponse>;
  readonly watchStatus?: (stream: ServerWritableStream<unknown, WatchStatusResponse>) => void;
  readonly listEvents?: (stream: ServerWritableStream<ListEventsRequest, ListEventsResponse>) => void;
  readonly explainNode?: (request: ExplainNodeRequest) => ExplainNodeResponse;
  readonly plan?: (request: PlanRequest) => PlanResponse;
  readonly apply?: (request: ApplyRequest) => ApplyResponse;
  readonly getHostfile?: () => GetHostfileResponse;
  readonly listHostfileGenerations?: () => ListHostfileGenerationsResponse;
  readonly rollBackHostfile?: (request: RollBackHostfileRequest) => RollBackHostfileResponse;
  readonly adoptHostfile?: (request: AdoptHostfileRequest) => AdoptHostfileResponse;
  readonly unpinHostfile?: () => UnpinHostfileResponse;
  readonly removeNode?: (request: RemoveNodeRequest) => Record<string, never>;
  readonly drainNode?: (request: DrainNodeRequest) => DrainNodeResponse;
  readonly undrainNode?: (request: UndrainNodeRequest) => Record<string, never>;
  readonly releaseNode?: (request: ReleaseNodeRequest) => Record<string, never>;
  readonly releaseHostfile?: () => Record<string, never>;
  readonly createToken?: (request: CreateTokenRequest) => CreateTokenResponse;
  readonly listTokens?: () => ListTokensResponse;
  readonly revokeToken?: (request: RevokeTokenRequest) => Record<string, never>;
  readonly addEventsUser?: (request: AddEventsUserRequest) => AddEventsUserResponse;
  readonly listEventsUsers?: () => ListEventsUsersResponse;
  readonly removeEventsUser?: (request: RemoveEventsUserRequest) => Record<string, never>;
  readonly issueOperatorCertificate?: (
    request: IssueOperatorCertificateRequest,
  ) => IssueOperatorCertificateResponse | Promise<IssueOperatorCertificateResponse>;
};

/** What a fake controller throws to refuse a call. */
export class FakeRefusal extends Error {
  override readonly name = "FakeRefusal";
  readonly code: number;
  readonly detail: Partial<ErrorDetail>;

  constructor(code: keyof typeof status, message: string, detail: Partial<ErrorDetail> = {}) {
    super(message);
    this.code = status[code];
    this.detail = detail;
  }
}

/** A folder of its own, with room for a socket; gone when disposed of. */
export async function createFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "cowctl-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Serves OperatorService for real, at `where` ("unix:/…" or "127.0.0.1:0"), until it is disposed of. */
export async function serveFakeController(
  answers: Answers,
  where: string,
  how: ServerCredentials = credentials.createInsecure(),
): Promise<AsyncDisposable & { readonly port: number }> {
  const server = new Server();
  const methods: [string, UntypedServiceImplementation[string]][] = [];
  for (const [name, answer] of Object.entries(answers)) {
    if (name === "watchStatus") methods.push([name, answers.watchStatus ?? refuseStream]);
    else if (name === "listEvents") methods.push([name, answers.listEvents ?? refuseStream]);
    else methods.push([name, unary(answer)]);
  }
  server.addService(OperatorServiceService, Object.fromEntries(methods));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(where, how, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return { port, [Symbol.asyncDispose]: async () => server.forceShutdown() };
}

function refuseStream(stream: ServerWritableStream<unknown, unknown>): void {
  stream.destroy(new FakeRefusal("UNIMPLEMENTED", "no stream"));
}

/** A method and not a function, so that an answer to one kind of request is one of these too. */
type Answer = { to(request: unknown): unknown }["to"];

function unary(answer: Answer): handleUnaryCall<unknown, unknown> {
  return (call, done) => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => done(null, response),
        (error: unknown) => done(toStatus(error)),
      );
  };
}

function toStatus(error: unknown): { code: number; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  if (!(error instanceof FakeRefusal)) return { code: status.INTERNAL, details: String(error), metadata };
  const detail = ErrorDetail.encode(ErrorDetail.fromPartial(error.detail)).finish();
  metadata.set(errorDetailTrailer, Buffer.from(detail));
  return { code: error.code, details: error.message, metadata };
}
