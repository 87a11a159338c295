package io.stoa.indexer.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.indexer.InMemoryMirror;
import io.stoa.persistence.mirror.Document;
import io.stoa.persistence.mirror.Document.Finding;
import io.stoa.testkit.InMemoryBlobStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DocumentFetcherTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final byte[] MANIFEST =
      "{\"title\":\"T\",\"kind\":\"DATASET\",\"licence\":\"MIT\"}".getBytes(UTF_8);
  private static final Bytes32 SHA256 = sha256(MANIFEST);
  private static final Cid CID = Cid.of(Cid.Codec.RAW, SHA256);

  private final InMemoryMirror mirror = new InMemoryMirror();
  private final InMemoryBlobStore store = new InMemoryBlobStore(() -> NOW);
  private final DocumentReader reader = new DocumentReader(new ChainId(31337));
  private final DocumentFetcher fetcher = new DocumentFetcher(mirror, store, reader);

  private Document waitFor(Bytes cid, Bytes32 sha256) {
    var document = new Document(Document.Type.MANIFEST, cid, sha256);
    mirror.await(document);
    return document;
  }

  private Document waitFor(Cid cid, Bytes32 sha256) {
    return waitFor(Bytes.of(cid.toBytes()), sha256);
  }

  @Test
  void aDocumentInTheStoreIsFoundAndStaysThere() {
    // Given
    store.put(CID, MANIFEST);
    var document = waitFor(CID, SHA256);

    // When
    int decided = fetcher.run();

    // Then
    assertThat(decided).isOne();
    assertThat(mirror.findingOf(document))
        .isEqualTo(new Finding.Valid(new String(MANIFEST, UTF_8)));
    assertThat(store.sweepUnpinned(NOW.plusSeconds(1))).isZero();
  }

  @Test
  void aDocumentThatComesLaterIsFoundThen() {
    // Given
    var document = waitFor(CID, SHA256);
    assertThat(fetcher.run()).isZero();

    // When
    store.put(CID, MANIFEST);
    fetcher.run();

    // Then
    assertThat(mirror.findingOf(document)).isInstanceOf(Finding.Valid.class);
  }

  @Test
  void aDocumentThatBreaksARuleIsInvalidWithPlaceAndReason() {
    // Given
    var bytes = new String(MANIFEST, UTF_8).replace("DATASET", "SOUP").getBytes(UTF_8);
    var cid = Cid.of(Cid.Codec.RAW, sha256(bytes));
    store.put(cid, bytes);
    var document = waitFor(cid, sha256(bytes));

    // When
    fetcher.run();

    // Then
    assertThat(mirror.findingOf(document))
        .isInstanceOfSatisfying(
            Finding.Invalid.class, invalid -> assertThat(invalid.reason()).startsWith("/kind: "));
  }

  @Test
  void anotherHashThanThatOfTheCidIsInvalidWhereverTheBytesAre() {
    // Given
    var document = waitFor(CID, Bytes32.parse("0x" + "1".repeat(64)));

    // When
    fetcher.run();

    // Then
    assertThat(mirror.findingOf(document))
        .isEqualTo(
            new Finding.Invalid("its CID and its SHA-256 on the chain name different contents"));
  }

  @Test
  void aCidOfAnotherFormIsInvalid() {
    // Given
    var document = waitFor(Bytes.of(new byte[] {1, 0x55, 0x13, 0}), SHA256);
    var tree = waitFor(Cid.of(Cid.Codec.DAG_PB, SHA256), SHA256);

    // When
    fetcher.run();

    // Then
    assertThat(mirror.findingOf(document)).isInstanceOf(Finding.Invalid.class);
    assertThat(mirror.findingOf(tree))
        .isEqualTo(new Finding.Invalid("its CID names a tree, not one raw block"));
  }

  @Test
  void whatIsNotHereIsFetchedElsewhereAndKept() {
    // Given
    var document = waitFor(CID, SHA256);
    var remote =
        new DocumentFetcher(
            mirror, store, reader, cid -> Optional.empty(), cid -> Optional.of(MANIFEST));

    // When
    remote.run();

    // Then
    assertThat(mirror.findingOf(document)).isInstanceOf(Finding.Valid.class);
    assertThat(store.block(CID)).isEqualTo(MANIFEST);
  }

  @Test
  void aSourceThatLiesIsPassedOver() {
    // Given
    var document = waitFor(CID, SHA256);
    var remote =
        new DocumentFetcher(mirror, store, reader, cid -> Optional.of("{}".getBytes(UTF_8)));

    // When
    int decided = remote.run();

    // Then
    assertThat(decided).isZero();
    assertThat(mirror.findingOf(document)).isInstanceOf(Finding.Missing.class);
  }

  private static Bytes32 sha256(byte[] bytes) {
    try {
      return Bytes32.of(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
