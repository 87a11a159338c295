package io.stoa.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** A file that is written once, from start to end, and then either published whole or dropped. */
interface DurableFile extends Closeable {
  void write(ByteBuffer bytes) throws IOException;

  /** Returns when everything written is on the disk. */
  void force() throws IOException;

  /** Makes such files. Tests put a disk that fails here. */
  @FunctionalInterface
  interface Disk {
    DurableFile create(Path path) throws IOException;
  }

  /** Makes sure that a folder is there, and still is after a crash. */
  static Path folder(Path folder) throws IOException {
    Files.createDirectories(folder);
    forceFolder(folder.toAbsolutePath());
    return folder;
  }

  /** Moves a forced file to its place: after a crash it is there whole, or not at all. */
  static void publish(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    forceFolder(to);
  }

  static void delete(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      forceFolder(file);
    }
  }

  private static void forceFolder(Path file) throws IOException {
    var folder = Objects.requireNonNull(file.getParent(), "a folder around the file");
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
