package io.stoa.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stoa.domain.Cid;
import io.stoa.domain.MarketException;
import io.stoa.domain.MarketException.NotFound;
import io.stoa.domain.MarketException.Unavailable;
import io.stoa.storage.unixfs.Blocks;
import io.stoa.storage.unixfs.FileNode;
import io.stoa.storage.unixfs.Profile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damage, crashes and full disks, on a store whose leaves hold 1 KiB and whose nodes carry 4 links.
 */
@SuppressWarnings("NullAway.Init")
class LocalBlobStoreFaultTest {
  private static final int KIB = 1024;
  private static final Profile SMALL = new Profile(KIB, 4);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(1);

  @TempDir Path folder;
  private LocalBlobStore store;

  @BeforeEach
  void openStore() {
    store = open(DiskFile::new);
  }

  @AfterEach
  void closeStore() throws IOException {
    store.close();
  }

  @Test
  void aDamagedBlockEndsTheStreamBeforeItsFirstByte() throws IOException {
    // Given
    var content = KeyStream.bytes("content", 20 * KIB);
    var cid = add(content);
    damage(pack(), Arrays.copyOfRange(content, 7 * KIB, 8 * KIB));
    var received = new ByteArrayOutputStream();

    // When
    Throwable failure;
    Throwable afterwards;
    try (var in = store.open(cid, 0)) {
      failure = catchThrowable(() -> in.transferTo(received));
      afterwards = catchThrowable(in::read);
    }

    // Then
    assertThat(failure).satisfies(LocalBlobStoreFaultTest::isDamage);
    assertThat(received.toByteArray()).isEqualTo(Arrays.copyOf(content, 7 * KIB));
    assertThat(afterwards).isInstanceOf(IOException.class);
  }

  @Test
  void aDamagedFirstBlockFailsBeforeThereIsAStream() throws IOException {
    // Given
    var cid = add(KeyStream.bytes("content", 3 * KIB));
    flipByte(pack(), KIB);

    // When
    var failure = catchThrowable(() -> store.open(cid, KIB + 5));

    // Then
    assertThat(failure).satisfies(LocalBlobStoreFaultTest::isDamage);
    assertThat(read(cid, 2 * KIB)).hasSize(KIB);
  }

  @Test
  void aDamagedNodeIsDetected() throws IOException {
    // Given
    var cid = add(KeyStream.bytes("content", 3 * KIB));
    flipByte(pack(), 3 * KIB + 50);

    // When
    var failure = catchThrowable(() -> store.size(cid));

    // Then
    assertThat(failure).satisfies(LocalBlobStoreFaultTest::isDamage);
  }

  @Test
  void addingDamagedContentAgainHealsIt() throws IOException {
    // Given
    var content = KeyStream.bytes("content", 20 * KIB);
    var cid = add(content);
    damage(pack(), Arrays.copyOfRange(content, 7 * KIB, 8 * KIB));
    assertThatThrownBy(() -> read(cid, 0)).satisfies(LocalBlobStoreFaultTest::isDamage);

    // When
    add(content);

    // Then
    assertThat(read(cid, 0)).isEqualTo(content);
    reopen();
    assertThat(read(cid, 0)).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 43, 44, 500, 20 * KIB, 20 * KIB + 900})
  void aTruncatedPackIsDetectedAndHealed(long length) throws IOException {
    // Given
    var other = add(KeyStream.bytes("other", 2 * KIB));
    var content = KeyStream.bytes("content", 20 * KIB);
    var cid = add(content);
    truncate(packs().getLast(), length);

    // When
    reopen();
    var failure = catchThrowable(() -> store.open(cid, 0));

    // Then
    assertThat(failure).satisfies(LocalBlobStoreFaultTest::isDamage);
    assertThat(read(other, 0)).hasSize(2 * KIB);
    add(content);
    reopen();
    assertThat(read(cid, 0)).isEqualTo(content);
  }

  @Test
  void aDamagedListOfBlocksIsDetected() throws IOException {
    // Given
    var cid = add(KeyStream.bytes("content", 3 * KIB));
    var pack = pack();
    flipByte(pack, Files.size(pack) - Pack.FOOTER_LENGTH - 10);

    // When
    reopen();
    var failure = catchThrowable(() -> store.size(cid));

    // Then
    assertThat(failure).satisfies(LocalBlobStoreFaultTest::isDamage);
  }

  @Test
  void nothingIsGivenBackWhileATreeCannotBeRead() throws IOException {
    // Given
    var pinned = add(KeyStream.bytes("content", 20 * KIB));
    store.pin(pinned);
    var root = FileNode.decode(store.block(pinned));
    var lost = root.links().getFirst().cid();
    var lostBlock = store.block(lost);
    var swept = add(KeyStream.bytes("other", KIB));
    damage(packs().getFirst(), lostBlock);

    // When
    store.sweepUnpinned(LATER);

    // Then
    assertThatThrownBy(() -> store.block(lost)).satisfies(LocalBlobStoreFaultTest::isDamage);
    assertThat(read(pinned, 16 * KIB)).hasSize(4 * KIB);
    assertThat(packs()).hasSize(2);
    store.delete(pinned);
    assertThat(packs()).isEmpty();
    assertThatThrownBy(() -> store.size(swept)).isInstanceOf(NotFound.class);
  }

  @Test
  void anImportCutOffMidwayLeavesNoFile() throws IOException {
    // Given
    var source =
        new ByteArrayInputStream(new byte[0]) {
          private int turn;

          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            if (turn == 9) {
              throw new IllegalStateException("the sender is gone");
            }
            Arrays.fill(into, offset, offset + length, (byte) ++turn);
            return length;
          }
        };

    // When
    var failure = catchThrowable(() -> store.add(source));

    // Then
    assertThat(failure).isInstanceOf(IllegalStateException.class);
    assertThat(files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1023, 1024, 9000, 20 * KIB, 20 * KIB + 1200, 20 * KIB + 2000})
  void aFullDiskLeavesNothingAndSaysSo(long free) throws IOException {
    // Given
    store.close();
    var disk = new FullDisk(free);
    store = open(disk);
    var content = KeyStream.bytes("content", 20 * KIB);

    // When
    var failure = catchThrowable(() -> add(content));

    // Then
    assertThat(failure)
        .isInstanceOf(Unavailable.class)
        .extracting("code")
        .isEqualTo("storage-failed");
    assertThat(files()).isEmpty();
    disk.makeRoom();
    assertThat(read(add(content), 0)).isEqualTo(content);
  }

  @Test
  void aRootThatCannotBeWrittenTakesItsBlocksWithIt() throws IOException {
    // Given
    store.close();
    var disk = new FullDisk(Long.MAX_VALUE);
    disk.refuseRoots();
    store = open(disk);
    var document = KeyStream.bytes("document", 100);
    var cid = Blocks.cidOf(Cid.Codec.RAW, document);

    // When
    var failure = catchThrowable(() -> store.put(cid, document));

    // Then
    assertThat(failure).isInstanceOf(Unavailable.class);
    assertThatThrownBy(() -> store.block(cid)).isInstanceOf(NotFound.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void aSweepThatFindsNoRoomForWhatStaysLeavesAllOfIt() throws IOException {
    // Given
    var content = KeyStream.bytes("content", 20 * KIB);
    add(content);
    var start = add(Arrays.copyOf(content, 5 * KIB));
    store.pin(start);
    store.close();
    var disk = new FullDisk(3 * KIB);
    store = open(disk);

    // When
    store.sweepUnpinned(LATER);

    // Then
    assertThat(read(start, 0)).isEqualTo(Arrays.copyOf(content, 5 * KIB));
    disk.makeRoom();
    store.sweepUnpinned(LATER);
    assertThat(sizeOfPacks()).isLessThan(8 * KIB);
    assertThat(read(start, 0)).isEqualTo(Arrays.copyOf(content, 5 * KIB));
  }

  @Test
  void aCrashBetweenTheBlocksAndTheirRootLeavesNothing() throws IOException {
    // Given
    var cid = add(KeyStream.bytes("content", 20 * KIB));
    Files.delete(folder.resolve("unpinned").resolve(cid.toString()));

    // When
    reopen();

    // Then
    assertThatThrownBy(() -> store.open(cid, 0)).isInstanceOf(NotFound.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void whatACrashedImportWroteIsSweptAtTheStart() throws IOException {
    // Given
    Files.write(folder.resolve("incoming").resolve("half.pack"), new byte[5000]);

    // When
    reopen();

    // Then
    assertThat(files()).isEmpty();
  }

  @Test
  void contentItsPinAndItsTimeOutliveTheProcess() throws IOException {
    // Given
    var pinned = add(KeyStream.bytes("pinned", 20 * KIB));
    store.pin(pinned);
    var unpinned = add(KeyStream.bytes("unpinned", 20 * KIB));

    // When
    reopen();

    // Then
    assertThat(store.sweepUnpinned(NOW)).isZero();
    assertThat(read(unpinned, 0)).hasSize(20 * KIB);
    assertThat(store.sweepUnpinned(LATER)).isEqualTo(1);
    assertThat(read(pinned, 0)).isEqualTo(KeyStream.bytes("pinned", 20 * KIB));
  }

  @Test
  void equalBlocksAreKeptOnce() throws IOException {
    // Given
    add(KeyStream.bytes("content", 20 * KIB));
    long before = sizeOfPacks();

    // When
    add(KeyStream.bytes("content", 20 * KIB));
    var longer = add(KeyStream.bytes("content", 21 * KIB));
    var zeros = add(new byte[100 * KIB]);

    // Then
    assertThat(sizeOfPacks() - before).isLessThan(6 * KIB);
    assertThat(read(longer, 0)).isEqualTo(KeyStream.bytes("content", 21 * KIB));
    assertThat(read(zeros, 0)).isEqualTo(new byte[100 * KIB]);
  }

  @Test
  void aSweepGivesTheSpaceBackAndMovesWhatIsShared() throws IOException {
    // Given
    var content = KeyStream.bytes("content", 20 * KIB);
    add(content);
    var longer = KeyStream.bytes("content", 23 * KIB);
    var start = add(Arrays.copyOf(content, 5 * KIB));
    var all = add(longer);
    store.pin(start);
    store.pin(all);

    // When
    try (var reader = store.open(all, 0)) {
      var first = reader.readNBytes(10);
      store.delete(all);
      store.sweepUnpinned(LATER);
      var rest = reader.readAllBytes();

      // Then
      assertThat(first).isEqualTo(Arrays.copyOf(longer, 10));
      assertThat(rest).isEqualTo(Arrays.copyOfRange(longer, 10, 23 * KIB));
    }
    store.sweepUnpinned(LATER);
    assertThat(sizeOfPacks()).isBetween(5L * KIB, 6L * KIB);
    reopen();
    assertThat(read(start, 0)).isEqualTo(Arrays.copyOf(content, 5 * KIB));
  }

  @Test
  void aReaderFollowsBlocksThatASweepMoves() throws IOException {
    // Given
    var content = KeyStream.bytes("content", 40 * KIB);
    add(content);
    var start = add(Arrays.copyOf(content, 30 * KIB));
    store.pin(start);

    // When
    try (var reader = store.open(start, 0)) {
      var first = reader.readNBytes(10);
      store.sweepUnpinned(LATER);
      var rest = reader.readAllBytes();

      // Then
      assertThat(first).isEqualTo(Arrays.copyOf(content, 10));
      assertThat(rest).isEqualTo(Arrays.copyOfRange(content, 10, 30 * KIB));
    }
  }

  @Test
  void twoProcessesDoNotShareAStore() {
    // When
    var failure = catchThrowable(() -> open(DiskFile::new));

    // Then
    assertThat(failure)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("already open");
  }

  private LocalBlobStore open(DurableFile.Disk disk) {
    return LocalBlobStore.open(folder, () -> NOW, SMALL, disk);
  }

  private void reopen() throws IOException {
    store.close();
    store = open(DiskFile::new);
  }

  private Cid add(byte[] content) throws IOException {
    return store.add(new ByteArrayInputStream(content)).cid();
  }

  private byte[] read(Cid cid, long offset) throws IOException {
    try (var in = store.open(cid, offset)) {
      return in.readAllBytes();
    }
  }

  private static void isDamage(Throwable failure) {
    assertThat(failure).isInstanceOf(Unavailable.class);
    assertThat(((MarketException) failure).code()).isEqualTo("content-damaged");
  }

  private Path pack() {
    return packs().getFirst();
  }

  private List<Path> packs() {
    return files("packs");
  }

  private long sizeOfPacks() throws IOException {
    long size = 0;
    for (var pack : packs()) {
      size += Files.size(pack);
    }
    return size;
  }

  /** Everything that an import makes. */
  private List<Path> files() {
    return List.of("incoming", "packs", "pinned", "unpinned").stream()
        .flatMap(name -> files(name).stream())
        .toList();
  }

  private List<Path> files(String name) {
    try (var files = Files.list(folder.resolve(name))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void damage(Path file, byte[] block) throws IOException {
    var bytes = Files.readAllBytes(file);
    int position = 0;
    while (!Arrays.equals(bytes, position, position + block.length, block, 0, block.length)) {
      position++;
    }
    flipByte(file, position + block.length / 2);
  }

  private static void flipByte(Path file, long position) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var one = ByteBuffer.allocate(1);
      channel.read(one, position);
      channel.write(ByteBuffer.wrap(new byte[] {(byte) ~one.get(0)}), position);
    }
  }

  private static void truncate(Path file, long length) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }
}
