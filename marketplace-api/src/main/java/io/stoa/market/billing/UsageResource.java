package io.stoa.market.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.market.web.Problem;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Statements of what was charged to channels, for the wallets that they are about. */
@Path("/v1/usage")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Channels")
@RunOnVirtualThread
public class UsageResource {
  private final StatementBooks books;
  private final Clock clock;

  UsageResource(StatementBooks books, Clock clock) {
    this.books = books;
    this.clock = clock;
  }

  @GET
  @Operation(
      operationId = "getStatement",
      summary = "The calls that were charged to channels, and what they sum up to",
      description =
          "Of one payer, one channel or one listing, for the wallet that pays, or owns the listing.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = StatementView.class)))
  @APIResponse(
      responseCode = "4XX",
      description = "Malformed, or about other wallets than the one that reads.",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public StatementView statement(
      @Parameter(description = "Exactly one of payer, channel and listing") @QueryParam("payer")
          @Nullable String payer,
      @QueryParam("channel") @Nullable String channel,
      @Parameter(description = "Its number") @QueryParam("listing") @Nullable String listing,
      @Parameter(description = "RFC 3339; else a day before until") @QueryParam("from")
          @Nullable String from,
      @Parameter(description = "RFC 3339, at most 31 days later; else now") @QueryParam("until")
          @Nullable String until,
      @Parameter(description = "What an earlier page gave as next") @QueryParam("after")
          @Nullable String after,
      @Parameter(description = "1 to 1000, else 100") @QueryParam("limit") @Nullable String limit,
      @Context HttpServerRequest request) {
    var query =
        StatementQuery.read(
            StatementQuery.payer(payer),
            StatementQuery.channel(channel),
            StatementQuery.listing(listing),
            from,
            until,
            after,
            limit,
            clock.instant());
    return books.read(query, request);
  }
}
