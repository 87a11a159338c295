package io.stoa.persistence.till;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Turns what several calls ask into arrays, one for each parameter of a function in the till, and
 * the rows that it returns into their answers.
 */
record Columns<T>(List<T> calls) {
  /** Of those calls that are of one kind, in their order. */
  static <T> Columns<T> of(List<? super T> calls, Class<T> kind) {
    return new Columns<>(calls.stream().filter(kind::isInstance).map(kind::cast).toList());
  }

  Buffer[] bytes(Function<T, byte[]> value) {
    return of(call -> Buffer.buffer(value.apply(call)), Buffer[]::new);
  }

  @Nullable Buffer[] optionalBytes(Function<T, Optional<byte[]>> value) {
    return of(call -> value.apply(call).map(Buffer::buffer).orElse(null), Buffer[]::new);
  }

  BigDecimal[] integers(Function<T, BigInteger> value) {
    return of(call -> new BigDecimal(value.apply(call)), BigDecimal[]::new);
  }

  @Nullable BigDecimal[] optionalIntegers(Function<T, Optional<BigInteger>> value) {
    return of(call -> value.apply(call).map(BigDecimal::new).orElse(null), BigDecimal[]::new);
  }

  Integer[] counts(ToIntFunction<T> value) {
    return of(value::applyAsInt, Integer[]::new);
  }

  Long[] longs(ToLongFunction<T> value) {
    return of(value::applyAsLong, Long[]::new);
  }

  @Nullable Long[] optionalLongs(Function<T, Optional<Long>> value) {
    return of(call -> value.apply(call).orElse(null), Long[]::new);
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

  /**
   * What each call is answered.
   *
   * @param rows one for each call, with its {@code place}, counted from one
   */
  <A> List<A> answers(RowSet<Row> rows, BiFunction<T, Row, A> answer) {
    return StreamSupport.stream(rows.spliterator(), false)
        .sorted(Comparator.comparing(row -> row.getLong("place")))
        .map(row -> answer.apply(calls.get(row.getLong("place").intValue() - 1), row))
        .toList();
  }

  /**
   * Which calls did what they asked for.
   *
   * @param rows one for each of those, with its place alone
   */
  List<Boolean> done(RowSet<Row> rows) {
    var places =
        StreamSupport.stream(rows.spliterator(), false)
            .map(row -> row.getLong(0))
            .collect(Collectors.toSet());
    return LongStream.rangeClosed(1, calls.size()).mapToObj(places::contains).toList();
  }

  private <V extends @Nullable Object> V[] of(Function<T, V> value, IntFunction<V[]> array) {
    return calls.stream().map(value).toArray(array);
  }
}
