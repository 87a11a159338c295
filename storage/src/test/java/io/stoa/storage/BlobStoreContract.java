package io.stoa.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.MarketException;
import io.stoa.domain.MarketException.Malformed;
import io.stoa.domain.MarketException.NotFound;
import io.stoa.domain.MarketException.TooLarge;
import io.stoa.storage.unixfs.Blocks;
import io.stoa.storage.unixfs.FileNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link BlobStore} does. */
public abstract class BlobStoreContract {
  private static final int MIB = 1 << 20;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration DAY = Duration.ofHours(24);

  private Instant now = START;
  private BlobStore store;

  /** An empty store that takes the time from {@code clock}. */
  protected abstract BlobStore emptyStore(InstantSource clock) throws IOException;

  @SuppressWarnings("NullAway.Init")
  protected BlobStoreContract() {}

  @BeforeEach
  void makeStore() throws IOException {
    store = emptyStore(() -> now);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, MIB - 1, MIB, MIB + 1, 3 * MIB + 5})
  void givesBackWhatWasAdded(int size) throws IOException {
    // Given
    var content = KeyStream.bytes("content", size);

    // When
    var imported = store.add(new ByteArrayInputStream(content));

    // Then
    assertThat(imported.size()).isEqualTo(size);
    assertThat(imported.sha256()).isEqualTo(Bytes32.of(Blocks.sha256().digest(content)));
    assertThat(store.size(imported.cid())).isEqualTo(size);
    assertThat(read(imported.cid(), 0)).isEqualTo(content);
  }

  @Test
  void contentOfOneLeafHasTheCidOfItsBytesAndOneBlock() throws IOException {
    // When
    var imported = store.add(stream("small", 1000));

    // Then
    assertThat(imported.cid()).isEqualTo(Cid.of(Cid.Codec.RAW, imported.sha256()));
    assertThat(imported.blocks()).isEqualTo(1);
  }

  @Test
  void countsTheLeavesAndTheNodesOfATree() throws IOException {
    // When
    var imported = store.add(stream("large", 2 * MIB + 1));

    // Then
    assertThat(imported.cid().codec()).isEqualTo(Cid.Codec.DAG_PB);
    assertThat(imported.blocks()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 4, 3 * MIB + 5})
  void streamsFromAnyOffset(int offset) throws IOException {
    // Given
    var content = KeyStream.bytes("content", 3 * MIB + 5);
    var cid = store.add(new ByteArrayInputStream(content)).cid();

    // When
    var rest = read(cid, offset);

    // Then
    assertThat(rest).isEqualTo(Arrays.copyOfRange(content, offset, content.length));
  }

  @Test
  void streamsByteByByteAndInPieces() throws IOException {
    // Given
    var content = KeyStream.bytes("content", MIB + 3);
    var cid = store.add(new ByteArrayInputStream(content)).cid();

    // When
    try (var in = store.open(cid, MIB - 1)) {
      int last = in.read();
      var pieces = in.readNBytes(10);

      // Then
      assertThat((byte) last).isEqualTo(content[MIB - 1]);
      assertThat(pieces).isEqualTo(Arrays.copyOfRange(content, MIB, MIB + 3));
      assertThat(in.read()).isEqualTo(-1);
      assertThat(in.read(new byte[1])).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1001, Long.MAX_VALUE})
  void refusesAnOffsetOutsideTheContent(long offset) throws IOException {
    // Given
    var cid = store.add(stream("small", 1000)).cid();

    // When
    var failure = catchThrowable(() -> store.open(cid, offset));

    // Then
    assertThat(failure).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysWhatItDoesNotHave() {
    var unknown = Blocks.cidOf(Cid.Codec.RAW, new byte[] {1, 2, 3});

    assertThatThrownBy(() -> store.open(unknown, 0)).satisfies(BlobStoreContract::isUnknown);
    assertThatThrownBy(() -> store.size(unknown)).satisfies(BlobStoreContract::isUnknown);
    assertThatThrownBy(() -> store.block(unknown)).satisfies(BlobStoreContract::isUnknown);
    assertThatThrownBy(() -> store.pin(unknown)).satisfies(BlobStoreContract::isUnknown);
  }

  @Test
  void givesEveryBlockOfATreeByItsCid() throws IOException {
    // Given
    var content = KeyStream.bytes("content", 2 * MIB + 7);
    var root = store.add(new ByteArrayInputStream(content)).cid();

    // When
    var block = store.block(root);

    // Then
    assertThat(Blocks.cidOf(Cid.Codec.DAG_PB, block)).isEqualTo(root);
    var links = FileNode.decode(block).links();
    assertThat(links)
        .extracting(link -> link.contentSize())
        .containsExactly((long) MIB, (long) MIB, 7L);
    assertThat(store.block(links.get(1).cid()))
        .isEqualTo(Arrays.copyOfRange(content, MIB, 2 * MIB));
  }

  @Test
  void aDocumentIsABlockAndContentAtOnce() throws IOException {
    // Given
    var document = KeyStream.bytes("document", 500);
    var cid = Blocks.cidOf(Cid.Codec.RAW, document);

    // When
    store.put(cid, document);

    // Then
    assertThat(store.block(cid)).isEqualTo(document);
    assertThat(read(cid, 0)).isEqualTo(document);
    assertThat(store.size(cid)).isEqualTo(500);
  }

  @Test
  void refusesADocumentUnderAnotherCid() {
    // Given
    var document = KeyStream.bytes("document", 500);
    var other = Blocks.cidOf(Cid.Codec.RAW, new byte[] {1});
    var asNode = Blocks.cidOf(Cid.Codec.DAG_PB, document);

    // When
    var refused = catchThrowable(() -> store.put(other, document));
    var refusedAsNode = catchThrowable(() -> store.put(asNode, document));

    // Then
    assertThat(refused)
        .isInstanceOf(Malformed.class)
        .extracting("code")
        .isEqualTo("content-mismatch");
    assertThat(refusedAsNode).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> store.block(other)).satisfies(BlobStoreContract::isUnknown);
  }

  @Test
  void refusesADocumentLargerThanABlock() {
    // Given
    var document = new byte[MIB + 1];

    // When
    var refused = catchThrowable(() -> store.put(Blocks.cidOf(Cid.Codec.RAW, document), document));

    // Then
    assertThat(refused)
        .isInstanceOf(TooLarge.class)
        .extracting("code")
        .isEqualTo("block-too-large");
  }

  @Test
  void anImportCutOffMidwayLeavesNothingAndSaysWhatHappened() throws IOException {
    // Given
    var content = KeyStream.bytes("content", 3 * MIB);
    var cutOff =
        new SequenceInputStream(new ByteArrayInputStream(content, 0, 2 * MIB + 1), broken());

    // When
    var failure = catchThrowable(() -> store.add(cutOff));

    // Then
    assertThat(failure).isInstanceOf(IOException.class).hasMessage("the sender is gone");
    var firstLeaf = Blocks.cidOf(Cid.Codec.RAW, Arrays.copyOf(content, MIB));
    assertThatThrownBy(() -> store.block(firstLeaf)).satisfies(BlobStoreContract::isUnknown);
  }

  @Test
  void addingTwiceIsAddingOnce() throws IOException {
    // Given
    var first = store.add(stream("content", 2 * MIB));

    // When
    var second = store.add(stream("content", 2 * MIB));

    // Then
    assertThat(second).isEqualTo(first);
  }

  @Test
  void twoImportsOfTheSameContentAtOnceBothSucceed() throws Exception {
    // Given
    Callable<Imported> add = () -> store.add(stream("content", 3 * MIB));

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var one = threads.submit(add);
      var other = threads.submit(add);

      // Then
      assertThat(one.get()).isEqualTo(other.get());
      assertThat(read(one.get().cid(), 0)).isEqualTo(KeyStream.bytes("content", 3 * MIB));
    }
  }

  @Test
  void sweepsWhatWasNotPinnedInTime() throws IOException {
    // Given
    var old = store.add(stream("old", 2 * MIB)).cid();
    now = START.plus(DAY);
    var recent = store.add(stream("recent", 10)).cid();

    // When
    int swept = store.sweepUnpinned(now.minus(DAY).plusSeconds(1));

    // Then
    assertThat(swept).isEqualTo(1);
    assertThatThrownBy(() -> store.open(old, 0)).satisfies(BlobStoreContract::isUnknown);
    assertThat(read(recent, 0)).hasSize(10);
  }

  @Test
  void keepsWhatIsPinned() throws IOException {
    // Given
    var cid = store.add(stream("content", 2 * MIB)).cid();
    assertThat(store.isPinned(cid)).isFalse();
    store.pin(cid);
    store.pin(cid);

    // When
    int swept = store.sweepUnpinned(START.plus(DAY));

    // Then
    assertThat(swept).isZero();
    assertThat(store.isPinned(cid)).isTrue();
    assertThat(read(cid, 0)).hasSize(2 * MIB);
  }

  @Test
  void contentAddedAgainStaysAsLongAsNewContent() throws IOException {
    // Given
    var cid = store.add(stream("content", 10)).cid();
    now = START.plus(DAY);
    store.add(stream("content", 10));

    // When
    int swept = store.sweepUnpinned(START.plusSeconds(1));

    // Then
    assertThat(swept).isZero();
    assertThat(read(cid, 0)).hasSize(10);
  }

  @Test
  void addingPinnedContentAgainDoesNotUnpinIt() throws IOException {
    // Given
    var cid = store.add(stream("content", 10)).cid();
    store.pin(cid);
    store.add(stream("content", 10));

    // When
    int swept = store.sweepUnpinned(START.plus(DAY));

    // Then
    assertThat(swept).isZero();
    assertThat(read(cid, 0)).hasSize(10);
  }

  @Test
  void blocksSharedWithPinnedContentStay() throws IOException {
    // Given
    var content = KeyStream.bytes("content", 3 * MIB);
    var whole = store.add(new ByteArrayInputStream(content)).cid();
    var start = store.add(new ByteArrayInputStream(content, 0, 2 * MIB + 9)).cid();
    store.pin(start);

    // When
    store.sweepUnpinned(START.plus(DAY));

    // Then
    assertThat(read(start, 0)).isEqualTo(Arrays.copyOf(content, 2 * MIB + 9));
    assertThatThrownBy(() -> store.size(whole)).satisfies(BlobStoreContract::isUnknown);
  }

  @Test
  void aPinnedPartOfOtherContentStays() throws IOException {
    // Given
    var content = KeyStream.bytes("content", 2 * MIB);
    var whole = store.add(new ByteArrayInputStream(content)).cid();
    var leaf = Blocks.cidOf(Cid.Codec.RAW, Arrays.copyOf(content, MIB));
    store.pin(leaf);

    // When
    store.delete(whole);

    // Then
    assertThat(store.size(leaf)).isEqualTo(MIB);
  }

  @Test
  void deletesAtOnceEvenWhatIsPinned() throws IOException {
    // Given
    var cid = store.add(stream("content", 2 * MIB)).cid();
    store.pin(cid);

    // When
    store.delete(cid);
    store.delete(cid);

    // Then
    assertThatThrownBy(() -> store.open(cid, 0)).satisfies(BlobStoreContract::isUnknown);
  }

  @Test
  void anOpenStreamReadsToItsEndWhateverIsDeleted() throws IOException {
    // Given
    var content = KeyStream.bytes("content", 6 * MIB);
    store.add(new ByteArrayInputStream(content, 0, 2 * MIB));
    var cid = store.add(new ByteArrayInputStream(content)).cid();

    // When
    try (var in = store.open(cid, 0)) {
      var start = in.readNBytes(10);
      store.delete(cid);
      store.sweepUnpinned(START.plus(DAY));
      var rest = in.readAllBytes();

      // Then
      assertThat(start).isEqualTo(Arrays.copyOf(content, 10));
      assertThat(rest).isEqualTo(Arrays.copyOfRange(content, 10, content.length));
    }
    store.sweepUnpinned(START.plus(DAY));
    assertThatThrownBy(() -> store.open(cid, 0)).satisfies(BlobStoreContract::isUnknown);
  }

  private byte[] read(Cid cid, long offset) throws IOException {
    try (var in = store.open(cid, offset)) {
      return in.readAllBytes();
    }
  }

  private static InputStream stream(String seed, int size) {
    return KeyStream.of(seed, size);
  }

  private static InputStream broken() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("the sender is gone");
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return read();
      }
    };
  }

  private static void isUnknown(Throwable failure) {
    assertThat(failure).isInstanceOf(NotFound.class);
    assertThat(((MarketException) failure).code()).isEqualTo("content-unknown");
  }
}
