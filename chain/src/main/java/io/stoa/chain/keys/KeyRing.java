package io.stoa.chain.keys;

import io.stoa.crypto.OriginKey;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import java.util.List;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of one node, each for one thing only.
 *
 * <ul>
 *   <li>{@code sender-*} pay gas
 *   <li>{@code attester} signs receipts and offers
 *   <li>{@code authorizer} speaks for channels
 *   <li>{@code origin} signs requests to providers (Ed25519, RFC 9421)
 *   <li>{@code vault} seals stored answers (AES-256)
 * </ul>
 */
public final class KeyRing {
  private final List<SigningKey> senders;
  private final SigningKey attester;
  private final SigningKey authorizer;
  private final OriginKey origin;
  private final Bytes32 vault;

  private KeyRing(KeyReader reader) {
    this.senders = reader.senders().stream().map(reader::read).map(SigningKey::of).toList();
    this.attester = SigningKey.of(reader.read("attester"));
    this.authorizer = SigningKey.of(reader.read("authorizer"));
    this.origin = OriginKey.of(reader.read("origin"));
    this.vault = reader.read("vault");
  }

  /** Reads all keys; fails with {@link KeyUnusable} on the first that is missing or unreadable. */
  public static KeyRing open(KeySource source) {
    return new KeyRing(KeyReader.of(source));
  }

  /** At least one, in the order of their names. */
  public List<SigningKey> senders() {
    return senders;
  }

  public SigningKey attester() {
    return attester;
  }

  public SigningKey authorizer() {
    return authorizer;
  }

  public OriginKey origin() {
    return origin;
  }

  /** Seals answers that wait for their buyers: AES-256, the same for all instances on one till. */
  public SecretKey vault() {
    return new SecretKeySpec(vault.toBytes(), "AES");
  }

  @Override
  public String toString() {
    return "KeyRing[senders=%s, attester=%s, authorizer=%s, origin=***, vault=***]"
        .formatted(senders, attester, authorizer);
  }
}
