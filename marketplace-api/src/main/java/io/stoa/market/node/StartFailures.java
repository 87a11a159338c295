package io.stoa.market.node;

import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.regex.Pattern;

/** Finds the sentence behind whatever stopped the start. */
public final class StartFailures {
  private static final Pattern CODE = Pattern.compile("^[A-Za-z0-9.]+: ");
  private static final Pattern MISSING =
      Pattern.compile("The config property (\\S+) is required but .*");

  private StartFailures() {}

  public static String sentence(Throwable failure) {
    var last = failure;
    for (Throwable next = failure; next != null; next = next.getCause()) {
      switch (next) {
        case StartFailure ours -> {
          return String.valueOf(ours.getMessage());
        }
        case ConfigValidationException config -> {
          return "The configuration is wrong: " + problems(config) + ".";
        }
        case BindException _ -> {
          return "The port is taken: stop what listens there or set quarkus.http.port.";
        }
        default -> last = next;
      }
    }
    return "The start failed: %s (the log has the rest).".formatted(last);
  }

  private static String problems(ConfigValidationException failure) {
    var problems = new ArrayList<String>();
    for (int i = 0; i < failure.getProblemCount(); i++) {
      var problem = CODE.matcher(failure.getProblem(i).getMessage()).replaceFirst("");
      problems.add(MISSING.matcher(problem).replaceFirst("$1 is missing"));
    }
    return String.join("; ", problems);
  }
}
