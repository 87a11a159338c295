package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reservation;
import io.stoa.persistence.till.Standing;
import io.stoa.testkit.TestDatabase;
import io.vertx.sqlclient.Pool;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A new channel for every test, and two instances on one database that take turns. */
abstract class ChannelFixture {
  protected static final Duration LEASE = Duration.ofMinutes(5);
  protected static final Duration OVER = Duration.ofMinutes(-1);
  protected static final long BLOCK = 100;
  protected static final Bytes32 ANSWER = randomBytes32();
  protected static final Map<String, Long> UNITS = Map.of("in_token", 12L, "out_token", 340L);

  private static final Duration FRESH = Duration.ofMinutes(5);
  private static final AtomicInteger TURN = new AtomicInteger();

  protected static TestDatabase database;
  private static List<Pool> pools;
  private static List<ChannelTill> tills;

  /** Of this test alone, so that a listing by token shows no other test's channels. */
  protected final Asset dollar =
      Asset.parse("eip155:31337/erc20:" + Address.of(Arrays.copyOf(randomBytes32().toBytes(), 20)));

  protected final ChannelConfig config = config();
  protected final ChannelId channel = new ChannelId(randomBytes32());

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    pools = List.of(database.pool(), database.pool());
    tills = pools.stream().map(ChannelTill::new).toList();
  }

  @AfterAll
  static void close() {
    pools.forEach(Pool::close);
    database.close();
  }

  protected static Pool pool() {
    return pools.getFirst();
  }

  /** Writes every call down. */
  protected static ChannelTill till() {
    return tills.get(TURN.getAndIncrement() % tills.size());
  }

  protected final ChannelConfig config() {
    var key = Address.parse("0x90F79bf6EB2c4f870365E785982E1f101E93b906");
    var payee = Address.parse("0x2000000000000000000000000000000000004020");
    var authorizer = Address.parse("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
    return new ChannelConfig(key, key, payee, authorizer, dollar, 900, randomBytes32());
  }

  protected final void deposited(long balance) {
    till().sync(channel, config, onChain(balance, 0, BLOCK));
  }

  protected static ChannelOnChain onChain(long balance, long claimed, long block) {
    return new ChannelOnChain(
        units(balance), units(claimed), Optional.empty(), BigInteger.ZERO, block(block));
  }

  protected final Reservation serial(long ceiling, long amount) {
    return asked(ceiling, amount, new Reservation.Mode.Serial(Optional.empty()), FRESH, LEASE);
  }

  protected final Reservation headroom(long ceiling, long amount) {
    return asked(ceiling, amount, new Reservation.Mode.Headroom(call()), FRESH, LEASE);
  }

  protected final Reservation asked(
      long ceiling, long amount, Reservation.Mode mode, Duration mirrorAge, Duration lease) {
    return asked(channel, ceiling, amount, mode, mirrorAge, lease);
  }

  protected static Reservation asked(
      ChannelId channel,
      long ceiling,
      long amount,
      Reservation.Mode mode,
      Duration mirrorAge,
      Duration lease) {
    return new Reservation(
        new Voucher(channel, units(ceiling), signature(ceiling)),
        units(amount),
        mode,
        new Purchase(new ListingId(7), randomBytes32(), randomBytes32()),
        new RequestDigest("POST", "/s/chat?x=1", randomBytes32()),
        mirrorAge,
        lease);
  }

  /** Stands for a signature over this ceiling. */
  protected static Bytes signature(long ceiling) {
    return Bytes.of(Bytes32.of(units(ceiling)).toBytes());
  }

  protected static CallId call() {
    return new CallId(UUID.randomUUID().toString());
  }

  protected static Hold held(Reservation reservation) {
    return hold(till().reserve(reservation));
  }

  protected static Hold hold(Reservation.Outcome outcome) {
    assertThat(outcome).isInstanceOf(Reservation.Outcome.Held.class);
    return ((Reservation.Outcome.Held) outcome).hold();
  }

  protected static Charge charge(Hold hold, long price) {
    return new Charge(hold, units(price), UNITS, ANSWER, "receipt of " + hold.fence());
  }

  protected static Standing charged(Hold hold, long price) {
    return charged(till(), charge(hold, price));
  }

  protected static Standing charged(ChannelTill till, Charge charge) {
    var outcome = till.charge(charge);
    assertThat(outcome).isInstanceOf(Charge.Outcome.Charged.class);
    return ((Charge.Outcome.Charged) outcome).standing();
  }

  protected final Standing standing() {
    return till().find(channel).orElseThrow().standing();
  }

  /** What an account of the ledger holds of this test's token. */
  protected final long ledger(String account) throws SQLException {
    return sum(
        "select sum(amount) from till.ledger_entry where account = ? and asset = ?", account);
  }

  private long sum(String query, String account) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.prepareStatement(query)) {
      statement.setString(1, account);
      statement.setBytes(2, dollar.token().toBytes());
      var row = statement.executeQuery();
      row.next();
      return Optional.ofNullable(row.getBigDecimal(1)).orElse(BigDecimal.ZERO).longValueExact();
    }
  }

  protected static BigInteger units(long amount) {
    return BigInteger.valueOf(amount);
  }

  protected static BlockRef block(long number) {
    return new BlockRef(number, Bytes32.of(units(number)));
  }

  protected static Bytes32 randomBytes32() {
    var bytes = new byte[32];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Bytes32.of(bytes);
  }

  protected static Map<String, Long> kinds(List<?> outcomes) {
    return outcomes.stream()
        .collect(
            Collectors.groupingBy(
                outcome -> outcome.getClass().getSimpleName(), Collectors.counting()));
  }

  protected static <T> List<T> atOnce(int times, IntFunction<T> action)
      throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var tasks = IntStream.range(0, times).<Callable<T>>mapToObj(i -> () -> action.apply(i));
      var results = new ArrayList<T>();
      for (var each : threads.invokeAll(tasks.toList())) {
        results.add(each.get());
      }
      return results;
    }
  }
}
