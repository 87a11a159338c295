package io.stoa.market.content;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.domain.Cid;
import io.stoa.market.web.Param;
import io.stoa.storage.BlobStore;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Gives stored content out under its CID, off the event loop and checked block by block. */
@Path("/ipfs/{cid}")
@Tag(name = "Content")
@RunOnVirtualThread
public class IpfsResource {
  private final BlobStore store;

  IpfsResource(BlobStore store) {
    this.store = store;
  }

  @GET
  @Operation(operationId = "getContent", summary = "The file of a CID; with format=raw its block")
  @APIResponse(
      responseCode = "200",
      description = "The whole content; 206 and a part of it for a Range, 304 if it is known.",
      content = @Content(schema = @Schema(type = SchemaType.STRING, format = "binary")))
  public Response get(
      @PathParam("cid") String cid,
      @QueryParam("format") @Nullable String format,
      @Context HttpHeaders headers) {
    return open(cid, format, headers).withBody();
  }

  @HEAD
  @Operation(operationId = "headContent", summary = "Size and type of the content of a CID")
  @APIResponse(responseCode = "200", description = "It is here.")
  public Response head(
      @PathParam("cid") String cid,
      @QueryParam("format") @Nullable String format,
      @Context HttpHeaders headers) {
    return open(cid, format, headers).withoutBody();
  }

  private Delivery open(String cid, @Nullable String format, HttpHeaders headers) {
    var known = Param.read("cid", cid, Cid::parse);
    boolean isRaw =
        Param.find("format", format, IpfsResource::rawOnly).isPresent()
            || Delivery.RAW.equals(headers.getHeaderString(HttpHeaders.ACCEPT));
    return isRaw
        ? Delivery.ofBlock(known, store.block(known), headers)
        : Delivery.ofFile(known, store, headers);
  }

  private static String rawOnly(String format) {
    if (!format.equals("raw")) {
      throw new IllegalArgumentException("not raw, the one format beside the file itself");
    }
    return format;
  }
}
