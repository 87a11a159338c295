package io.stoa.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.chain.registry.RegistryEvents;
import io.stoa.chain.rpc.RpcRefused;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.ChainId;
import io.stoa.domain.MarketException;
import io.stoa.persistence.mirror.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventFollowerTest {
  private static final long FIRST = 10;

  private final FakeChain chain = new FakeChain().mine((int) FIRST);
  private final InMemoryMirror mirror = new InMemoryMirror();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private EventFollower follower = follower();

  private EventFollower follower() {
    return new EventFollower(chain, FakeChain.ID, FakeChain.REGISTRY, FIRST, mirror, () -> now);
  }

  @BeforeEach
  void begin() {
    follower.begin();
  }

  private void catchUp() {
    for (int steps = 0; follower.step(); steps++) {
      assertThat(steps).as("steps without an end").isLessThan(10_000);
    }
  }

  private void assertMirrorShowsTheChain() {
    assertThat(mirror.cursor(FakeChain.ID).map(Progress.Cursor::block))
        .contains(chain.head().ref());
    assertThat(mirror.logs().stream().map(log -> log.block() + "/" + log.index()).toList())
        .isEqualTo(chain.allLogs().stream().map(log -> log.block() + "/" + log.index()).toList());
  }

  @Test
  void takesInEveryEventFromTheFirstBlockToTheHead() {
    // Given
    for (int i = 0; i < 500; i++) {
      chain.mineWith(i % 3);
    }

    // When
    catchUp();

    // Then
    assertMirrorShowsTheChain();
    assertThat(follower.reached()).isEqualTo(follower.head()).isEqualTo(chain.height());
  }

  @Test
  void aChainWithOneBlockOfTheRegistryIsRead() {
    // When
    catchUp();

    // Then
    assertMirrorShowsTheChain();
  }

  @Test
  void goesOnWhereAnEarlierProcessStopped() {
    // Given
    chain.mineWith(2).mine(100).mineWith(1);
    follower.step();

    // When
    follower = follower();
    follower.begin();
    catchUp();

    // Then
    assertMirrorShowsTheChain();
  }

  @Test
  void anotherForkOfTheSameLengthReplacesOurs() {
    // Given
    chain.mine(20).mineWith(1).mine(4);
    catchUp();

    // When
    chain.cutBack(chain.height() - 5).mine(3).mineWith(2).mine(1);
    catchUp();

    // Then
    assertMirrorShowsTheChain();
  }

  @Test
  void aShorterForkReplacesOursAtOnce() {
    // Given
    chain.mine(20).mineWith(1).mine(4);
    catchUp();

    // When
    chain.cutBack(chain.height() - 5).mine(1);
    catchUp();

    // Then
    assertMirrorShowsTheChain();
    assertThat(mirror.logs()).isEmpty();
  }

  @Test
  void aForkThatComesBackBringsItsEventsBack() {
    // Given
    chain.mine(5).mineWith(2).mine(2);
    catchUp();
    var first = chain.fork();
    chain.cutBack((int) FIRST + 2).mine(9);
    catchUp();
    assertThat(mirror.logs()).isEmpty();

    // When
    chain.restore(first);
    chain.mine(5);
    catchUp();

    // Then
    assertMirrorShowsTheChain();
    assertThat(mirror.logs()).hasSize(2);
  }

  @Test
  void aForkBelowEverythingRememberedRebuildsTheMirror() {
    // Given
    chain.mineWith(1).mine(10);
    catchUp();

    // When
    chain.cutBack((int) FIRST - 3).mine(5).mineWith(3).mine(40);
    catchUp();

    // Then
    assertMirrorShowsTheChain();
  }

  @Test
  void aForkFarBelowTheHeadIsFoundAmongTheFewBlocksOfABackfill() {
    // Given
    for (int i = 0; i < 30; i++) {
      chain.mine(30).mineWith(1);
    }
    catchUp();

    // When
    chain.cutBack(500);
    for (int i = 0; i < 30; i++) {
      chain.mine(20).mineWith(1);
    }
    catchUp();

    // Then
    assertMirrorShowsTheChain();
  }

  @Test
  void aNodeThatLagsForAMomentChangesNothing() {
    // Given
    chain.mine(5).mineWith(1).mine(2);
    catchUp();
    var cursor = mirror.cursor(FakeChain.ID);

    // When
    chain.lagAt(Optional.of(chain.height() - 3));
    boolean moved = follower.step();
    now = now.plus(EventFollower.PATIENCE.minusMillis(1));
    moved |= follower.step();

    // Then
    assertThat(moved).isFalse();
    assertThat(mirror.cursor(FakeChain.ID)).isEqualTo(cursor);
  }

  @Test
  void aChainThatStaysShorterIsBelieved() {
    // Given
    chain.mine(5).mineWith(1).mine(2);
    catchUp();

    // When
    chain.cutBack(chain.height() - 3);
    follower.step();
    now = now.plus(EventFollower.PATIENCE);
    catchUp();

    // Then
    assertMirrorShowsTheChain();
    assertThat(mirror.logs()).isEmpty();
  }

  @Test
  void patienceBeginsAnewOnceTheNodeHasCaughtUp() {
    // Given
    chain.mine(8);
    catchUp();
    chain.lagAt(Optional.of(chain.height() - 3));
    follower.step();
    chain.lagAt(Optional.empty());
    follower.step();

    // When
    now = now.plus(Duration.ofHours(1));
    chain.lagAt(Optional.of(chain.height() - 3));
    boolean moved = follower.step();

    // Then
    assertThat(moved).isFalse();
  }

  @Test
  void aChainBelowTheRegistryLosesNothing() {
    // Given
    chain.mineWith(1).mine(3);
    catchUp();

    // When
    chain.lagAt(Optional.of((int) FIRST - 1));

    // Then
    assertThatThrownBy(follower::step).isInstanceOf(RpcUnavailable.class);
    assertThat(mirror.logs()).hasSize(1);
  }

  @Test
  void rangesShrinkUntilTheNodeTakesThem() {
    // Given
    for (int i = 0; i < 300; i++) {
      chain.mineWith(1);
    }
    chain.refuseBeyond(7);

    // When
    catchUp();

    // Then
    assertMirrorShowsTheChain();
  }

  @Test
  void aNodeThatRefusesEvenOneBlockIsReported() {
    // Given
    chain.mine(200);
    chain.refuseBeyond(0);

    // When
    var failure = assertThatThrownBy(this::catchUp);

    // Then
    failure.isInstanceOf(RpcRefused.class);
  }

  @Test
  void aForkThatChangesWhileItIsReadIsNotWritten() {
    // Given
    chain.mine(2).mineWith(1).mine(1);
    chain.beforeLogs(() -> chain.cutBack((int) FIRST + 1).mineWith(3).mine(4));

    // When
    boolean moved = follower.step();

    // Then
    assertThat(moved).isFalse();
    assertThat(mirror.cursor(FakeChain.ID)).isEmpty();
    catchUp();
    assertMirrorShowsTheChain();
  }

  @Test
  void aChangeWhoseAnswerWasLostIsNotMadeTwice() {
    // Given
    chain.mineWith(2);
    mirror.loseNextAnswer();
    assertThatThrownBy(follower::step).isInstanceOf(MarketException.Unavailable.class);

    // When
    chain.mineWith(1);
    catchUp();

    // Then
    assertMirrorShowsTheChain();
  }

  @Test
  void anEventThatTheRegistryDoesNotHaveIsParked() {
    // Given
    chain.mineWith(1);

    // When
    catchUp();

    // Then
    assertThat(mirror.dead())
        .containsExactly(
            new Progress.DeadEvent(FIRST + 1, 0, "", "the registry has no event of this name"));
  }

  @Test
  void anEventThatCannotBeReadIsParkedUnderItsName() {
    // Given
    var names = List.copyOf(RegistryEvents.topics());
    names.forEach(chain::mineEvent);

    // When
    catchUp();

    // Then
    assertThat(mirror.dead()).hasSameSizeAs(names);
    assertThat(mirror.dead()).extracting(Progress.DeadEvent::event).contains("ListingPublished");
    assertThat(mirror.dead()).noneMatch(event -> event.reason().isBlank());
    assertMirrorShowsTheChain();
  }

  @Test
  void anotherChainIsRefused() {
    // Given
    var other =
        new EventFollower(chain, new ChainId(1), FakeChain.REGISTRY, FIRST, mirror, () -> now);

    // When
    var failure = assertThatThrownBy(other::begin);

    // Then
    failure.isInstanceOf(RpcUnavailable.class).hasMessageContaining("eip155:31337, not eip155:1");
  }

  @Test
  void anotherRegistryStartsFromItsOwnFirstBlock() {
    // Given
    chain.mineWith(1).mine(3);
    catchUp();
    var registry = Address.parse("0x" + "cd".repeat(20));
    var other = new EventFollower(chain, FakeChain.ID, registry, FIRST + 2, mirror, () -> now);

    // When
    other.begin();
    other.step();

    // Then
    assertThat(mirror.logs()).isEmpty();
    assertThat(mirror.remembered(FakeChain.ID, 1_000, 1_000))
        .extracting(BlockRef::number)
        .endsWith(FIRST + 2);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverTheChainDoesTheMirrorFollows(long seed) {
    // Given
    var random = new Random(seed);

    for (int round = 0; round < 200; round++) {
      // When
      switch (random.nextInt(4)) {
        case 0 -> chain.mine(1 + random.nextInt(150));
        case 1 -> chain.mineWith(1 + random.nextInt(3));
        case 2 ->
            chain
                .cutBack(Math.max((int) FIRST, chain.height() - random.nextInt(100)))
                .mine(1 + random.nextInt(3));
        default -> {
          follower = follower();
          follower.begin();
        }
      }
      if (random.nextInt(3) == 0) {
        chain.beforeLogs(() -> chain.cutBack(chain.height() - 2).mine(2).mineWith(1));
      }
      if (random.nextBoolean()) {
        catchUp();
        now = now.plus(EventFollower.PATIENCE);
        catchUp();
        now = now.plus(EventFollower.PATIENCE);
        catchUp();

        // Then
        assertMirrorShowsTheChain();
      } else {
        follower.step();
      }
    }
  }
}
