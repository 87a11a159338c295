package io.stoa.local.database;

import io.stoa.local.process.StartFailure;
import io.stoa.local.state.DirectoryTree;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The programs of PostgreSQL, unpacked from the class path. */
record PostgresBinaries(Path directory) {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

  /** Unpacks them below {@code directory} unless an earlier call did. Several may call at once. */
  static PostgresBinaries unpackedIn(Path directory) {
    var complete = directory.resolve("postgres");
    if (!Files.isDirectory(complete)) {
      try {
        Files.createDirectories(directory);
        var fresh = Files.createTempDirectory(directory, "unpacking");
        unpack(fresh);
        try {
          Files.move(fresh, complete, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
          if (!Files.isDirectory(complete)) {
            throw e;
          }
          new DirectoryTree(fresh).delete(); // another process was quicker
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new PostgresBinaries(complete);
  }

  /** The command line that runs one of its programs. PostgreSQL refuses to run as root. */
  Stream<String> command(String program) {
    var path = directory.resolve("bin").resolve(program).toString();
    return isRoot() ? Stream.of("unshare", "-U", path) : Stream.of(path);
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static void unpack(Path target) throws IOException {
    try (var archive = PostgresBinaries.class.getResourceAsStream(ARCHIVE)) {
      if (archive == null) {
        throw new StartFailure(
            "There is no database for this system: the market needs Linux on x86-64.");
      }
      var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)));
      TarArchiveEntry entry;
      while ((entry = tar.getNextEntry()) != null) {
        var path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("an entry leaves the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(tar, path);
          Files.setPosixFilePermissions(
              path,
              PosixFilePermissions.fromString(
                  (entry.getMode() & 0100) == 0 ? "rw-r--r--" : "rwxr-xr-x"));
        }
      }
    }
  }
}
