package io.stoa.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A disk that takes so many bytes and no more, and, when it is told so, no further file. */
final class FullDisk implements DurableFile.Disk {
  private long free;
  private boolean takesRoots = true;

  FullDisk(long free) {
    this.free = free;
  }

  void makeRoom() {
    free = Long.MAX_VALUE;
    takesRoots = true;
  }

  void refuseRoots() {
    takesRoots = false;
  }

  @Override
  public DurableFile create(Path path) throws IOException {
    if (!takesRoots && path.toString().endsWith(".root")) {
      throw new IOException("No space left on device");
    }
    return new Limited(new DiskFile(path));
  }

  private final class Limited implements DurableFile {
    private final DurableFile file;

    Limited(DurableFile file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      int fits = (int) Math.min(free, bytes.remaining());
      free -= fits;
      file.write(bytes.slice(bytes.position(), fits));
      if (fits < bytes.remaining()) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public void force() throws IOException {
      file.force();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
