package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.stoa.crypto.Eip191;
import io.stoa.crypto.Eip55;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A wallet's word that its holder wants to sign in, as the header {@code SIGN-IN-WITH-X} carries
 * it. Every part is one line of printable ASCII, so that no part can pass for another in the text
 * that is signed.
 *
 * @param uri as it was written
 * @param nonce 8 to 128 letters and digits that the server chose
 */
public record SignIn(
    String domain,
    Address address,
    Optional<String> statement,
    String uri,
    ChainId chain,
    String nonce,
    Time issuedAt,
    Optional<Time> expirationTime,
    Optional<Time> notBefore,
    Optional<String> requestId,
    List<String> resources,
    Bytes signature) {
  /** The reason of a header that is no sign-in. */
  public static final String INVALID = "invalid_siwx_header";

  static final String VERSION = "1";
  static final String TYPE = "eip191";

  private static final int MAX_LINE = 2048;
  private static final int MAX_RESOURCES = 32;

  public SignIn {
    resources = List.copyOf(resources);
  }

  /** A moment, and how it was written: that is what was signed. */
  public record Time(String text, Instant at) {}

  /** Fails with {@link #INVALID}. Unknown members are ignored: nobody signed them. */
  public static SignIn read(String header) throws MalformedPayment {
    try {
      return read(HeaderCodec.decode(header));
    } catch (MalformedPayment malformed) {
      throw malformed.as(INVALID);
    }
  }

  private static SignIn read(Fields fields) throws MalformedPayment {
    exactly(fields, "version", VERSION);
    exactly(fields, "type", TYPE);
    return new SignIn(
        line(fields, "domain"),
        fields.address("address"),
        optionalLine(fields, "statement"),
        line(fields, "uri"),
        fields.network("chainId"),
        nonce(fields),
        time(fields, "issuedAt"),
        optionalTime(fields, "expirationTime"),
        optionalTime(fields, "notBefore"),
        optionalLine(fields, "requestId"),
        resources(fields),
        fields.bytes("signature", SignedPayment.MAX_SIGNATURE));
  }

  /** The text the wallet signed (EIP-4361). */
  public String text() {
    var text = new StringBuilder(512);
    text.append(domain).append(" wants you to sign in with your Ethereum account:\n");
    text.append(Eip55.checksum(address)).append("\n\n");
    statement.ifPresent(line -> text.append(line).append('\n'));
    text.append("\nURI: ").append(uri);
    text.append("\nVersion: ").append(VERSION);
    text.append("\nChain ID: ").append(chain.value());
    text.append("\nNonce: ").append(nonce);
    text.append("\nIssued At: ").append(issuedAt.text);
    expirationTime.ifPresent(time -> text.append("\nExpiration Time: ").append(time.text));
    notBefore.ifPresent(time -> text.append("\nNot Before: ").append(time.text));
    requestId.ifPresent(line -> text.append("\nRequest ID: ").append(line));
    if (!resources.isEmpty()) {
      text.append("\nResources:");
      resources.forEach(resource -> text.append("\n- ").append(resource));
    }
    return text.toString();
  }

  /** What was signed. */
  public Bytes32 digest() {
    return Eip191.digest(text());
  }

  /** The URI that was signed; empty when it is none. */
  Optional<URI> location() {
    try {
      return Optional.of(new URI(uri));
    } catch (URISyntaxException none) {
      return Optional.empty();
    }
  }

  static boolean isLine(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LINE
        && text.chars().allMatch(character -> character >= ' ' && character <= '~');
  }

  private static void exactly(Fields fields, String name, String value) throws MalformedPayment {
    if (!fields.text(name).equals(value)) {
      throw fields.wrong(name, "must be \"" + value + "\"");
    }
  }

  private static String line(Fields fields, String name) throws MalformedPayment {
    var text = fields.text(name);
    if (!isLine(text)) {
      throw fields.wrong(name, "must be one line of printable ASCII");
    }
    return text;
  }

  private static Optional<String> optionalLine(Fields fields, String name) throws MalformedPayment {
    return fields.has(name) ? Optional.of(line(fields, name)) : Optional.empty();
  }

  private static String nonce(Fields fields) throws MalformedPayment {
    var nonce = fields.text("nonce");
    boolean isNonce =
        nonce.length() >= 8
            && nonce.length() <= 128
            && nonce.chars().allMatch(SignIn::isAlphanumeric);
    if (!isNonce) {
      throw fields.wrong("nonce", "must be 8 to 128 letters and digits");
    }
    return nonce;
  }

  private static boolean isAlphanumeric(int character) {
    return (character >= '0' && character <= '9')
        || (character >= 'A' && character <= 'Z')
        || (character >= 'a' && character <= 'z');
  }

  private static Time time(Fields fields, String name) throws MalformedPayment {
    var text = line(fields, name);
    try {
      return new Time(text, OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException none) {
      throw fields.wrong(name, "must be a time such as 2026-01-01T00:00:00Z");
    }
  }

  private static Optional<Time> optionalTime(Fields fields, String name) throws MalformedPayment {
    return fields.has(name) ? Optional.of(time(fields, name)) : Optional.empty();
  }

  /** An empty list is refused: it would be signed otherwise than none. */
  private static List<String> resources(Fields fields) throws MalformedPayment {
    if (!fields.has("resources")) {
      return List.of();
    }
    if (!(fields.json().get("resources") instanceof ArrayNode items)
        || items.isEmpty()
        || items.size() > MAX_RESOURCES) {
      throw fields.wrong("resources", "must be an array of 1 to " + MAX_RESOURCES);
    }
    var resources = new ArrayList<String>();
    for (JsonNode item : items) {
      if (!item.isTextual() || !isLine(item.textValue())) {
        throw fields.wrong("resources", "must hold lines of printable ASCII");
      }
      resources.add(item.textValue());
    }
    return resources;
  }
}
