package io.stoa.payments;

import io.stoa.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Looks into a database. */
final class Rows {
  private Rows() {}

  /** The first column of every row, as text. */
  static List<String> of(TestDatabase database, String query) {
    try (var connection = database.connect();
        var statement = connection.prepareStatement(query)) {
      var rows = statement.executeQuery();
      var texts = new ArrayList<String>();
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
      return texts;
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
