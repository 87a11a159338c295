package io.stoa.cli.publish;

import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows a line for each step and a bar for uploads, where results do not go. */
final class TerminalProgress implements Progress {
  private final PrintStream out;
  private @Nullable ProgressBar bar;

  TerminalProgress(PrintStream out) {
    this.out = out;
  }

  @Override
  public void step(String what) {
    out.println(what + "…");
  }

  @Override
  public void uploading(String name, long size) {
    bar =
        new ProgressBarBuilder()
            .setTaskName("uploading " + name)
            .setInitialMax(size)
            .setUnit(" MiB", 1 << 20)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .showSpeed()
            .build();
  }

  @Override
  public void uploaded(long bytes) {
    if (bar != null) {
      bar.stepBy(bytes);
    }
  }

  @Override
  public void uploadEnded() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
