package io.stoa.persistence.account;

import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.persistence.Blocking;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Uploads in PostgreSQL, schema {@code account}. */
public final class PostgresUploads implements Uploads {
  private final Pool pool;

  public PostgresUploads(Pool pool) {
    this.pool = pool;
  }

  @Override
  public Reservation reserve(Upload upload, long walletQuota, long totalQuota, Duration timeLimit) {
    var row =
        run(
                "select outcome, free_again from account.reserve_upload($1, $2, $3, $4, $5, $6, $7)",
                bytes(upload.uploader().toBytes()),
                bytes(upload.nonce().toBytes()),
                bytes(upload.sha256().toBytes()),
                upload.size(),
                walletQuota,
                totalQuota,
                timeLimit.toMillis())
            .iterator()
            .next();
    var freeAgain =
        Optional.ofNullable(row.getOffsetDateTime("free_again")).map(OffsetDateTime::toInstant);
    return switch (row.getString("outcome")) {
      case "RESERVED" -> new Reservation.Reserved();
      case "USED" -> new Reservation.Used();
      case "WALLET_FULL" -> new Reservation.WalletFull(freeAgain);
      case "NODE_FULL" -> new Reservation.NodeFull(freeAgain);
      default -> throw new IllegalStateException("not an outcome: " + row.getString("outcome"));
    };
  }

  @Override
  public void keep(Upload upload, Cid cid, Duration retention) {
    run(
        """
        insert into account.upload (uploader, nonce, sha256, size, cid, expires_at)
        values ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')
        on conflict (uploader, nonce) do update set cid = excluded.cid, expires_at = excluded.expires_at
        """,
        bytes(upload.uploader().toBytes()),
        bytes(upload.nonce().toBytes()),
        bytes(upload.sha256().toBytes()),
        upload.size(),
        bytes(cid.toBytes()),
        retention.toMillis());
  }

  @Override
  public void release(Upload upload) {
    run(
        "delete from account.upload where uploader = $1 and nonce = $2 and cid is null",
        bytes(upload.uploader().toBytes()),
        bytes(upload.nonce().toBytes()));
  }

  @Override
  public Optional<Content> find(Cid cid) {
    for (var row :
        run(
            "select sha256, size from account.upload where cid = $1 limit 1",
            bytes(cid.toBytes()))) {
      return Optional.of(
          new Content(Bytes32.of(row.getBuffer("sha256").getBytes()), row.getLong("size")));
    }
    return Optional.empty();
  }

  @Override
  public List<Cid> unpublished() {
    var contents = new ArrayList<Cid>();
    for (var row :
        run("select distinct cid from account.upload where not published and cid is not null")) {
      contents.add(Cid.of(row.getBuffer("cid").getBytes()));
    }
    return contents;
  }

  @Override
  public void publish(Collection<Cid> named) {
    run(
        "update account.upload set published = true where cid = any($1) and not published",
        (Object) named.stream().map(cid -> bytes(cid.toBytes())).toArray(Buffer[]::new));
  }

  @Override
  public int dropExpired() {
    return run("delete from account.upload where not published and expires_at < now()").rowCount();
  }

  private RowSet<Row> run(String statement, Object... parameters) {
    return Blocking.await(pool.preparedQuery(statement).execute(Tuple.from(parameters)));
  }

  private static Buffer bytes(byte[] value) {
    return Buffer.buffer(value);
  }
}
