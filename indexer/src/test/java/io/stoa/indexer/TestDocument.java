package io.stoa.indexer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.ListingKind;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Documents as a provider would publish them. */
record TestDocument(String body) {

  /** A manifest with an endpoint. */
  static TestDocument manifest(String title, ListingKind kind) {
    return new TestDocument(
        """
        {"title":"%s","kind":"%s","licence":"Apache-2.0","endpoint":{"url":"http://models.example/v1"}}"""
            .formatted(title, kind));
  }

  /** One offer: this many units a call. */
  static TestDocument offers(Asset asset, long units) {
    return new TestDocument(
        """
        {"offers":[{"name":"call","type":"PER_CALL","price":{"amount":"%d","asset":"%s"}}]}"""
            .formatted(units, asset));
  }

  byte[] bytes() {
    return body.getBytes(UTF_8);
  }

  Bytes32 sha256() {
    try {
      return Bytes32.of(MessageDigest.getInstance("SHA-256").digest(bytes()));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  Cid cid() {
    return Cid.of(Cid.Codec.RAW, sha256());
  }
}
