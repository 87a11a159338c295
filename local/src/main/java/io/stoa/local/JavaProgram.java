package io.stoa.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines for programs that run on the same Java as this one. */
public record JavaProgram(Path jar, List<String> options, List<String> arguments) {
  /** For programs that live for seconds: the optimising compiler costs them more than it saves. */
  public static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  public JavaProgram {
    options = List.copyOf(options);
    arguments = List.copyOf(arguments);
  }

  /**
   * @param mark of which the process is known later; it comes first, as systems cut long command
   *     lines off at their end
   */
  public List<String> command(String mark) {
    var line = new ArrayList<String>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add(mark);
    line.add("--enable-native-access=ALL-UNNAMED");
    line.addAll(options);
    line.add("-jar");
    line.add(jar.toString());
    line.addAll(arguments);
    return line;
  }
}
