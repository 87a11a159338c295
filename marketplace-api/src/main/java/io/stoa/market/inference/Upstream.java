package io.stoa.market.inference;

import io.stoa.market.provider.EndpointGuard;
import java.net.URI;
import java.util.concurrent.ExecutionException;

/** Passes paid requests on to their providers, signed by this node. */
final class Upstream {
  private final EndpointGuard guard;
  private final ProviderClient providers;
  private final RequestSigner signer;

  Upstream(EndpointGuard guard, ProviderClient providers, RequestSigner signer) {
    this.guard = guard;
    this.providers = providers;
    this.signer = signer;
  }

  /** Blocks until the provider answered, in full or not at all: call from a virtual thread. */
  ProviderReply ask(PaidCall call, URI base) {
    return ask(call, base, false);
  }

  /** The same, with an answer as it comes for who takes it so. */
  ProviderReply stream(PaidCall call, URI base) {
    return ask(call, base, call.caller().takesStreams());
  }

  private ProviderReply ask(PaidCall call, URI base, boolean mayStream) {
    var request = call.caller().request();
    var url = request.target().at(base, request.query());
    return switch (guard.check(url)) {
      case EndpointGuard.Verdict.Refused(var reason) ->
          new ProviderReply.Failed("provider-endpoint-refused", reason);
      case EndpointGuard.Verdict.Open(var address) -> {
        var headers = PassedHeaders.toProvider(request.headers());
        headers.addAll(signer.sign(request.method(), url, call.body().getBytes()));
        yield await(providers.ask(url, address, request.method(), headers, call.body(), mayStream));
      }
    };
  }

  private static ProviderReply await(io.vertx.core.Future<ProviderReply> reply) {
    try {
      return reply.toCompletionStage().toCompletableFuture().get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while a provider worked", interrupted);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
