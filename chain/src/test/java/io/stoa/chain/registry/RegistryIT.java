package io.stoa.chain.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.deploy.Deployment;
import io.stoa.chain.deploy.DeploymentPlan;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.chain.testing.Anvil;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.BasisPoints;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryIT {
  private static final Bytes32 SALT = Bytes32.parse("0x" + "5".repeat(64));
  private static final Bytes32 SHA256 = Bytes32.parse("0x" + "6".repeat(64));
  private static final Bytes32 ROOT = Bytes32.parse("0x" + "7".repeat(64));
  private static final Cid MANIFEST = Cid.of(Cid.Codec.RAW, SHA256);

  private static Anvil anvil;
  private static Rpc rpc;
  private static AddressBook book;

  private static long seed = 500;

  private SigningKey provider;
  private Wallet wallet;
  private RegistryCalls calls;
  private RegistryReads reads;

  @BeforeAll
  static void deploy() {
    anvil = Anvil.start();
    rpc = anvil.rpc();
    var deployer = new Wallet(rpc, Anvil.RICH, SendPolicy.standard());
    book =
        new Deployment(rpc, deployer, _ -> {})
            .deploy(DeploymentPlan.development(deployer.address(), Anvil.GUARDIAN));
  }

  @AfterAll
  static void close() {
    rpc.close();
    anvil.close();
  }

  @BeforeEach
  void open() {
    provider = anvil.account(seed++, BigInteger.TEN.pow(18));
    wallet = new Wallet(rpc, provider, SendPolicy.standard());
    calls = new RegistryCalls(Anvil.CHAIN, book.listingRegistry());
    reads = new RegistryReads(rpc, book.listingRegistry());
  }

  @Test
  void aHandleIsCommittedToAndClaimed() {
    // Given
    var handle = new Provider.Handle("stoa-labs");
    var commitment = RegistryCalls.commitment(handle, provider.address(), SALT);

    // When
    var committed = events(send(calls.commitHandle(commitment)));
    anvil.ask("evm_increaseTime", 2);
    var claimed = events(send(calls.claimHandle(handle, SALT)));

    // Then
    assertThat(committed).hasSize(1);
    assertThat(((RegistryEvent.HandleCommitted) committed.getFirst()).commitment())
        .isEqualTo(commitment);
    assertThat(claimed)
        .containsExactly(
            new RegistryEvent.HandleClaimed(handle, provider.address(), BigInteger.ZERO));
    assertThat(reads.findHandleOwner(handle)).contains(provider.address());
    assertThat(reads.handleDelay()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aPublicationIsReadBackFromItsLogs() {
    // Given
    var service = new ServiceName("minilm");
    var unnamed = new Provider.Unnamed(provider.address());
    var splits =
        List.<Split>of(
            new Split.ToTitle(new BasisPoints(9_000)),
            new Split.ToAccount(Anvil.RICH.address(), new BasisPoints(1_000)));

    // When
    var events =
        events(
            send(
                calls.publish(
                    unnamed, service, ListingKind.DATASET, MANIFEST, SHA256, ROOT, splits)));

    // Then
    var id = reads.findListing(unnamed, service).orElseThrow();
    var splitter = reads.findSplitter(id).orElseThrow();
    assertThat(events)
        .containsExactly(
            new RegistryEvent.TitleTransferred(id, Address.ZERO, provider.address()),
            new RegistryEvent.ListingPublished(
                id,
                provider.address(),
                unnamed,
                service,
                ListingKind.DATASET,
                Bytes.of(MANIFEST.toBytes()),
                SHA256,
                ROOT,
                splitter),
            new RegistryEvent.SplitsChanged(id, splitter, splits));
    assertThat(((RegistryEvent.ListingPublished) events.get(1)).cid()).contains(MANIFEST);
  }

  @Test
  void everyChangeOfAListingIsReadBackFromItsLog() {
    // Given
    var id = published("changing");
    var toListing =
        List.<Split>of(
            new Split.ToTitle(new BasisPoints(9_999)), new Split.ToListing(id, new BasisPoints(1)));
    var younger = published("younger");

    // When
    var events = new ArrayList<RegistryEvent>();
    events.addAll(events(send(calls.publishVersion(id, MANIFEST, ROOT))));
    events.addAll(events(send(calls.setOffers(id, SHA256))));
    events.addAll(events(send(calls.setStatus(id, ListingStatus.PAUSED))));
    events.addAll(events(send(calls.setSplits(younger, toListing))));

    // Then
    assertThat(events)
        .containsExactly(
            new RegistryEvent.VersionPublished(id, 2, Bytes.of(MANIFEST.toBytes()), ROOT),
            new RegistryEvent.OffersChanged(id, SHA256),
            new RegistryEvent.StatusChanged(id, ListingStatus.PAUSED),
            new RegistryEvent.SplitsChanged(
                younger, reads.findSplitter(younger).orElseThrow(), toListing));
  }

  @Test
  void theCreationNamesTheAuthority() {
    // When
    var logs =
        rpc.logs(
            LogFilter.of(book.listingRegistry()), book.deploymentBlock(), book.deploymentBlock());

    // Then
    assertThat(RegistryEvents.decode(logs.getFirst()))
        .contains(new RegistryEvent.AuthorityUpdated(book.marketAuthority()));
  }

  @Test
  void brokenLogsAreUndecodableAndNeverAnException() {
    // Given
    var logs = logsOf(send(publish("broken")));

    // When
    var truncated = logs.stream().flatMap(log -> truncationsOf(log).stream()).toList();
    var broken = logs.stream().flatMap(log -> variationsOf(log).stream()).toList();

    // Then
    assertThat(truncated.size() + broken.size()).isGreaterThan(60);
    for (var log : truncated) {
      assertThat(RegistryEvents.decode(log).orElseThrow())
          .isInstanceOf(RegistryEvent.Undecodable.class);
    }
    for (var log : broken) {
      assertThat(RegistryEvents.decode(log)).isPresent();
    }
  }

  @Test
  void logsOfOtherEventsAreNoRegistryEvents() {
    // Given
    var log = logsOf(send(publish("other"))).getFirst();

    // Then
    assertThat(RegistryEvents.decode(with(log, List.of(ROOT), log.data()))).isEmpty();
    assertThat(RegistryEvents.decode(with(log, List.of(), log.data()))).isEmpty();
  }

  /** With fewer words of data, or fewer topics. */
  private static List<Log> truncationsOf(Log log) {
    var truncations = new ArrayList<Log>();
    for (int words = 0; words < log.data().size() / 32; words++) {
      var data = Arrays.copyOf(log.data().toBytes(), 32 * words);
      truncations.add(with(log, log.topics(), Bytes.of(data)));
    }
    for (int topics = 1; topics < log.topics().size(); topics++) {
      truncations.add(with(log, log.topics().subList(0, topics), log.data()));
    }
    return truncations;
  }

  /** With one word too large for anything, or just too large for what is there. */
  private static List<Log> variationsOf(Log log) {
    var variations = new ArrayList<Log>();
    for (int word = 0; word < log.data().size(); word += 32) {
      var huge = log.data().toBytes();
      Arrays.fill(huge, word, word + 32, (byte) 0xff);
      variations.add(with(log, log.topics(), Bytes.of(huge)));
      var large = log.data().toBytes();
      large[word + 28] = 0x7f;
      variations.add(with(log, log.topics(), Bytes.of(large)));
    }
    return variations;
  }

  private static Log with(Log log, List<Bytes32> topics, Bytes data) {
    return new Log(
        log.address(),
        topics,
        data,
        log.block(),
        log.transaction(),
        log.transactionIndex(),
        log.index());
  }

  private ListingId published(String service) {
    send(publish(service));
    return reads
        .findListing(new Provider.Unnamed(provider.address()), new ServiceName(service))
        .orElseThrow();
  }

  private UnsignedTransaction publish(String service) {
    return calls.publish(
        new Provider.Unnamed(provider.address()),
        new ServiceName(service),
        ListingKind.MODEL,
        MANIFEST,
        SHA256,
        ROOT,
        RegistryCalls.everythingToTheOwner());
  }

  private Receipt send(UnsignedTransaction transaction) {
    var outcome = wallet.send(transaction, Duration.ofSeconds(20));
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    return ((SendOutcome.Mined) outcome).receipt();
  }

  private static List<Log> logsOf(Receipt receipt) {
    return receipt.logs();
  }

  private static List<RegistryEvent> events(Receipt receipt) {
    return receipt.logs().stream().map(log -> RegistryEvents.decode(log).orElseThrow()).toList();
  }
}
