package io.stoa.persistence.mirror;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows for one table of the mirror: one statement inserts them, however many there are. */
final class MultiRowInsert {

  /** A column's type, and how its values travel. */
  enum Type {
    BIGINT,
    INTEGER,
    TEXT,
    BYTEA,
    TIMESTAMPTZ;

    private Object[] array(int size) {
      return switch (this) {
        case BIGINT -> new Long[size];
        case INTEGER -> new Integer[size];
        case TEXT -> new String[size];
        case BYTEA -> new Buffer[size];
        case TIMESTAMPTZ -> new OffsetDateTime[size];
      };
    }
  }

  record Column(String name, Type type) {}

  private final String table;
  private final String clause;
  private final List<Column> columns;
  private final List<@Nullable Object[]> rows = new ArrayList<>();

  /**
   * @param clause says what happens to rows that are there already; empty where there are none
   */
  MultiRowInsert(String table, String clause, Column... columns) {
    this.table = table;
    this.clause = clause;
    this.columns = List.of(columns);
  }

  static Column bigint(String name) {
    return new Column(name, Type.BIGINT);
  }

  static Column integer(String name) {
    return new Column(name, Type.INTEGER);
  }

  static Column text(String name) {
    return new Column(name, Type.TEXT);
  }

  static Column bytea(String name) {
    return new Column(name, Type.BYTEA);
  }

  static Column timestamptz(String name) {
    return new Column(name, Type.TIMESTAMPTZ);
  }

  /** In the order of the columns. */
  void add(@Nullable Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException("not a row of " + table + ": " + Arrays.toString(values));
    }
    rows.add(values);
  }

  Future<Void> run(SqlConnection connection) {
    return rows.isEmpty()
        ? Future.succeededFuture()
        : connection.preparedQuery(statement()).execute(byColumn()).mapEmpty();
  }

  private String statement() {
    var names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
    var arrays =
        IntStream.range(0, columns.size())
            .mapToObj(i -> "$" + (i + 1) + "::" + columns.get(i).type() + "[]")
            .collect(Collectors.joining(", "));
    return "insert into mirror.%s (%s) select * from unnest(%s) %s"
        .formatted(table, names, arrays, clause);
  }

  private Tuple byColumn() {
    var tuple = Tuple.tuple();
    for (int column = 0; column < columns.size(); column++) {
      var values = columns.get(column).type().array(rows.size());
      for (int row = 0; row < values.length; row++) {
        values[row] = rows.get(row)[column];
      }
      tuple.addValue(values);
    }
    return tuple;
  }
}
