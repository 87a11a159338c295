package io.stoa.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines for programs that run on the same Java as this one. */
record JavaProgram(Path jar, List<String> options, List<String> arguments) {
  JavaProgram {
    options = List.copyOf(options);
    arguments = List.copyOf(arguments);
  }

  /** The mark comes first: systems cut long command lines off at their end. */
  List<String> command(String mark) {
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
