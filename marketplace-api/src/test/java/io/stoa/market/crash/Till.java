package io.stoa.market.crash;

import io.stoa.local.database.LocalDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the till must say of itself. Each statement finds what is wrong, and nothing when all is
 * well.
 */
final class Till {
  /** True at any moment, whatever died just before. */
  private static final Map<String, String> ALWAYS =
      Map.of(
          "the ledger does not sum to zero",
          "select sum(amount)::text from till.ledger_entry having sum(amount) <> 0",
          "a channel's ledger says otherwise than its row",
          """
          select c.channel_id::text
          from till.channel c
          left join lateral (
              select coalesce(sum(e.amount) filter (where e.account like 'payer:%'), 0) as payer,
                  coalesce(sum(e.amount) filter (where e.account like 'channel:%'), 0) as unspent,
                  coalesce(sum(e.amount) filter (where e.account like 'due:%'), 0) as due,
                  coalesce(sum(e.amount) filter (where e.account like 'receiver:%'), 0) as received
              from till.ledger_entry e where e.channel_id = c.channel_id) l on true
          where l.payer <> -c.balance or l.unspent <> c.balance - c.charged
              or l.due <> c.charged - c.claimed or l.received <> c.claimed
          """,
          "a channel was charged otherwise than for its calls",
          """
          select c.channel_id::text || ' ' || c.charged || ' for ' || coalesce(sum(u.price), 0)
          from till.channel c left join till.usage u using (channel_id)
          group by c.channel_id having c.charged <> coalesce(sum(u.price), 0)
          """,
          "a channel was charged more than its voucher says",
          "select channel_id::text from till.channel where charged > signed_ceiling",
          "a channel holds otherwise than its calls in progress",
          """
          select c.channel_id::text from till.channel c left join till.reservation r using (channel_id)
          group by c.channel_id
          having c.reserved <> coalesce(sum(r.amount), 0) or c.holds <> count(r.fence)
          """,
          "a request was charged twice",
          """
          select request_body::text from (
              select request_body from till.usage where price > 0
              union all
              select request_body from till.payment where state in ('SETTLED', 'SETTLING', 'UNKNOWN')) t
          group by request_body having count(*) > 1
          """,
          "a payer's balance is held otherwise than for what is undecided",
          """
          select p.payer::text || ' ' || p.held from till.payer p
          where p.held <>
              (select coalesce(sum(y.amount), 0) from till.payment y
                  where y.payer = p.payer and y.asset = p.asset
                      and y.state in ('VERIFIED', 'SETTLING', 'UNKNOWN'))
              + (select coalesce(sum(d.amount), 0) from till.deposit d
                  where d.payer = p.payer and d.asset = p.asset and d.state = 'OPEN')
          """,
          "a payment is settled and its answer is not there",
          """
          select y.id::text from till.payment y left join till.answer a using (payer, id)
          where y.state in ('SETTLING', 'UNKNOWN', 'SETTLED') and y.listing_id is not null
              and a.id is null
          """,
          "a payment is undecided after its deadline",
          """
          select id::text || ' ' || state from till.payment
          where state in ('VERIFIED', 'SETTLING', 'UNKNOWN')
              and valid_before + 45 < extract(epoch from now())
          """);

  private static final String UNDECIDED =
      """
      select 'payment ' || state || ' ' || id::text from till.payment
          where state in ('VERIFIED', 'SETTLING', 'UNKNOWN')
      union all select 'call ' || channel_id::text from till.reservation
      union all select 'deposit ' || id::text from till.deposit where state = 'OPEN'
      union all select 'refund ' || channel_id::text from till.refund where state = 'OPEN'
      union all select 'send ' || nonce from till.send where ended is null
      union all select 'claim ' || channel_id::text || ' ' || (charged - claimed)
          from till.channel where charged > claimed
      """;

  private final LocalDatabase database;

  Till(LocalDatabase database) {
    this.database = database;
  }

  /** What is wrong, seen at one moment. */
  List<String> faults() {
    try (var connection = connect()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      var faults = new ArrayList<String>();
      for (var rule : ALWAYS.entrySet()) {
        for (var found : texts(connection, rule.getValue())) {
          faults.add(rule.getKey() + ": " + found);
        }
      }
      return faults;
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }

  /** What somebody must still bring to its end. */
  List<String> undecided() {
    return texts(UNDECIDED);
  }

  List<String> texts(String query) {
    try (var connection = connect()) {
      return texts(connection, query);
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }

  /** The rows of a query, each as its columns' text. */
  List<List<String>> rows(String query) {
    try (var connection = connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      var all = new ArrayList<List<String>>();
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        var row = new ArrayList<String>();
        for (int i = 1; i <= columns; i++) {
          row.add(rows.getString(i));
        }
        all.add(row);
      }
      return all;
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }

  private static List<String> texts(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      var all = new ArrayList<String>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }
}
