package io.stoa.cli.publish;

/** Is told what a publication is doing, so that people are not left waiting in the dark. */
public interface Progress {
  /** For programs, which look at the result only. */
  Progress SILENT =
      new Progress() {
        @Override
        public void step(String what) {}

        @Override
        public void uploading(String name, long size) {}

        @Override
        public void uploaded(long bytes) {}

        @Override
        public void uploadEnded() {}
      };

  /** The next thing begins. */
  void step(String what);

  /**
   * An upload begins.
   *
   * @param size in bytes
   */
  void uploading(String name, long size);

  /** So many more bytes went out. */
  void uploaded(long bytes);

  void uploadEnded();
}
