package io.stoa.persistence.till;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Turns what several calls ask into arrays, one for each parameter of a function in the till. */
record Columns<T>(List<T> calls) {
  Buffer[] bytes(Function<T, byte[]> value) {
    return of(call -> Buffer.buffer(value.apply(call)), Buffer[]::new);
  }

  @Nullable Buffer[] optionalBytes(Function<T, Optional<byte[]>> value) {
    return of(call -> value.apply(call).map(Buffer::buffer).orElse(null), Buffer[]::new);
  }

  BigDecimal[] integers(Function<T, BigInteger> value) {
    return of(call -> new BigDecimal(value.apply(call)), BigDecimal[]::new);
  }

  Long[] longs(ToLongFunction<T> value) {
    return of(value::applyAsLong, Long[]::new);
  }

  Long[] millis(Function<T, Duration> value) {
    return of(call -> value.apply(call).toMillis(), Long[]::new);
  }

  Boolean[] flags(Function<T, Boolean> value) {
    return of(value, Boolean[]::new);
  }

  @Nullable String[] texts(Function<T, @Nullable String> value) {
    return of(value, String[]::new);
  }

  JsonObject[] objects(Function<T, Map<String, Long>> value) {
    return of(
        call -> new JsonObject(Map.<String, Object>copyOf(value.apply(call))), JsonObject[]::new);
  }

  private <V extends @Nullable Object> V[] of(Function<T, V> value, IntFunction<V[]> array) {
    return calls.stream().map(value).toArray(array);
  }
}
