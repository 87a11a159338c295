package io.stoa.market.content;

import io.stoa.domain.Cid;
import io.stoa.market.web.Problem;
import io.stoa.storage.BlobStore;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One answer with content: which bytes, under which headers. It was made by strangers, so no
 * browser may run it; it is named by its hash, so everybody may keep it for ever.
 */
final class Delivery {
  static final String RAW = "application/vnd.ipld.raw";

  private static final int BUFFER = 256 * 1024;

  private final Source source;
  private final String etag;
  private final ContentType type;
  private final long size;
  private final HttpHeaders request;

  @FunctionalInterface
  private interface Source {
    InputStream open(long offset);
  }

  private Delivery(Source source, String etag, ContentType type, long size, HttpHeaders request) {
    this.source = source;
    this.etag = "\"" + etag + "\"";
    this.type = type;
    this.size = size;
    this.request = request;
  }

  /** A single block, to be verified by whoever gets it (trustless gateway). */
  static Delivery ofBlock(Cid cid, byte[] block, HttpHeaders request) {
    return new Delivery(
        offset -> {
          var in = new ByteArrayInputStream(block);
          in.skip(offset);
          return in;
        },
        cid + ".raw",
        new ContentType(RAW, true),
        block.length,
        request);
  }

  static Delivery ofFile(Cid cid, BlobStore store, HttpHeaders request) {
    long size = store.size(cid);
    return new Delivery(
        offset -> store.open(cid, offset), cid.toString(), look(cid, store), size, request);
  }

  private static ContentType look(Cid cid, BlobStore store) {
    try (var in = store.open(cid, 0)) {
      return ContentType.of(in.readNBytes(ContentType.LOOK));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  Response withBody() {
    return answer(true);
  }

  Response withoutBody() {
    return answer(false);
  }

  private Response answer(boolean withBody) {
    if (isKnown(request.getHeaderString(HttpHeaders.IF_NONE_MATCH))) {
      return lasting(Response.notModified()).build();
    }
    return switch (range()) {
      case ByteRange.Whole _ -> part(Response.ok(), 0, size, withBody);
      case ByteRange.Part part ->
          part(
              Response.status(206)
                  .header(
                      "Content-Range", "bytes %d-%d/%d".formatted(part.first(), part.last(), size)),
              part.first(),
              part.length(),
              withBody);
      case ByteRange.Unsatisfiable _ ->
          Response.status(416)
              .type(Problem.MEDIA_TYPE)
              .header("Content-Range", "bytes */" + size)
              .entity(
                  Problem.of(
                      416,
                      "range-unsatisfiable",
                      "The content has %d bytes: there is nothing in this range.".formatted(size)))
              .build();
    };
  }

  private ByteRange range() {
    var unchanged = request.getHeaderString("If-Range");
    return unchanged == null || unchanged.equals(etag)
        ? ByteRange.of(request.getHeaderString("Range"), size)
        : new ByteRange.Whole();
  }

  private Response part(Response.ResponseBuilder answer, long from, long length, boolean withBody) {
    lasting(answer)
        .type(type.mediaType())
        .header("Accept-Ranges", "bytes")
        .header(HttpHeaders.CONTENT_LENGTH, length)
        .header("Content-Security-Policy", "sandbox")
        .header("X-Content-Type-Options", "nosniff");
    if (type.isAttachment()) {
      answer.header(HttpHeaders.CONTENT_DISPOSITION, "attachment");
    }
    if (withBody) {
      var content = source.open(from);
      answer.entity((StreamingOutput) out -> copy(content, length, out));
    }
    return answer.build();
  }

  /**
   * A damaged block or a reader that went away ends the connection: the length tells that something
   * is missing.
   */
  private static void copy(InputStream content, long length, OutputStream out) throws IOException {
    try (content) {
      var buffer = new byte[(int) Math.min(BUFFER, length)];
      long left = length;
      while (left > 0) {
        int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (count < 0) {
          throw new IOException("the content ended early");
        }
        out.write(buffer, 0, count);
        left -= count;
      }
    }
  }

  private Response.ResponseBuilder lasting(Response.ResponseBuilder answer) {
    return answer
        .header(HttpHeaders.ETAG, etag)
        .header(HttpHeaders.CACHE_CONTROL, "public, max-age=31536000, immutable");
  }

  private boolean isKnown(@Nullable String tags) {
    return tags != null
        && Arrays.stream(tags.split(",", -1))
            .map(String::strip)
            .anyMatch(tag -> tag.equals(etag) || tag.equals("W/" + etag) || tag.equals("*"));
  }
}
