package io.stoa.payments;

import io.stoa.domain.MarketException;
import io.stoa.persistence.till.Till;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** A till that cannot be reached at the worst moment. */
final class Unreachable {
  private Unreachable() {}

  /** Fails before anything of these methods happens. */
  static Till during(Till till, String... methods) {
    var spoilt = Set.of(methods);
    return (Till)
        Proxy.newProxyInstance(
            Till.class.getClassLoader(),
            new Class<?>[] {Till.class},
            (_, method, arguments) -> {
              if (spoilt.contains(method.getName())) {
                throw new MarketException.Unavailable("database-unavailable", "Not now.", null);
              }
              try {
                return method.invoke(till, arguments);
              } catch (InvocationTargetException failure) {
                throw failure.getCause();
              }
            });
  }
}
