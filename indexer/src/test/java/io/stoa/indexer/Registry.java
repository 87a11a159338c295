package io.stoa.indexer;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.domain.TxHash;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.persistence.mirror.Fact;
import io.stoa.persistence.mirror.MirrorWriter;
import io.stoa.persistence.mirror.Place;
import io.stoa.persistence.mirror.Progress;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A registry told block by block: each block's facts go straight to a mirror. Blocks are ten
 * seconds apart; block n is at {@link #timeOf timeOf(n)}.
 */
final class Registry {
  static final ChainId CHAIN = new ChainId(31337);
  static final Address ADDRESS = Address.parse("0x" + "ab".repeat(20));
  static final Address OWNER = Address.parse("0x" + "01".repeat(20));

  private static final Instant GENESIS = Instant.parse("2026-01-01T00:00:00Z");

  private final MirrorWriter mirror;
  private final List<Fact> facts = new ArrayList<>();
  private final List<Progress.RawLog> logs = new ArrayList<>();
  private final List<Progress.DeadEvent> dead = new ArrayList<>();
  private final List<Progress.Block> blocks = new ArrayList<>();
  private long block = 1;
  private int logIndex;

  Registry(MirrorWriter mirror) {
    this.mirror = mirror;
    mirror.begin(CHAIN, ADDRESS);
  }

  static Instant timeOf(long block) {
    return GENESIS.plusSeconds(10 * block);
  }

  static Address splitter(int number) {
    return Address.parse("0x%040x".formatted(number));
  }

  /** The block that facts go into now. */
  long block() {
    return block;
  }

  Registry publish(long id, String path, ListingKind kind, Bytes32 manifest, Bytes32 offers) {
    var listing = new ListingId(id);
    var place = next();
    facts.add(new Fact.Published(place, listing, ListingPath.parse(path), kind));
    facts.add(new Fact.Owned(place, listing, OWNER));
    facts.add(new Fact.Stands(place, listing, ListingStatus.ACTIVE));
    facts.add(new Fact.Versioned(place, listing, 1, cid(manifest), manifest));
    facts.add(new Fact.Offered(place, listing, offers));
    facts.add(new Fact.PaidTo(place, listing, splitter(1)));
    return this;
  }

  Registry version(long id, int version, Bytes32 manifest) {
    facts.add(new Fact.Versioned(next(), new ListingId(id), version, cid(manifest), manifest));
    return this;
  }

  Registry offers(long id, Bytes32 root) {
    facts.add(new Fact.Offered(next(), new ListingId(id), root));
    return this;
  }

  Registry paysTo(long id, Address splitter) {
    facts.add(new Fact.PaidTo(next(), new ListingId(id), splitter));
    return this;
  }

  Registry stands(long id, ListingStatus status) {
    facts.add(new Fact.Stands(next(), new ListingId(id), status));
    return this;
  }

  Registry belongsTo(long id, Address owner) {
    facts.add(new Fact.Owned(next(), new ListingId(id), owner));
    return this;
  }

  Registry unreadable(String event) {
    var place = next();
    dead.add(new Progress.DeadEvent(place.block(), place.logIndex(), event, "unreadable"));
    return this;
  }

  /** Ends the block; what follows is in the next one. */
  Registry endBlock() {
    blocks.add(new Progress.Block(ref(block), ref(block - 1).hash()));
    block++;
    logIndex = 0;
    return this;
  }

  /** Hands everything since the last time to the mirror, in one change. */
  Registry write() {
    if (!blocks.isEmpty()) {
      long last = blocks.getLast().ref().number();
      var from = mirror.cursor(CHAIN).map(Progress.Cursor::block);
      mirror.advance(
          CHAIN, from, new Progress(cursor(last), List.copyOf(blocks), logs, facts, dead));
      blocks.clear();
      logs.clear();
      facts.clear();
      dead.clear();
    }
    return this;
  }

  /** Takes the mirror back to this block. */
  Registry goBackTo(long number) {
    var from = mirror.cursor(CHAIN).orElseThrow().block();
    mirror.unwind(CHAIN, from, number == 0 ? Optional.empty() : Optional.of(cursor(number)));
    block = number + 1;
    logIndex = 0;
    return this;
  }

  private Progress.Cursor cursor(long number) {
    return new Progress.Cursor(ref(number), timeOf(number));
  }

  private BlockRef ref(long number) {
    return new BlockRef(number, Bytes32.of(BigInteger.valueOf(number)));
  }

  private Place next() {
    var place = new Place(block, logIndex++, timeOf(block));
    logs.add(
        new Progress.RawLog(
            ref(block),
            place.logIndex(),
            new TxHash(ref(block).hash()),
            ADDRESS,
            List.of(Bytes32.ZERO),
            Bytes.EMPTY));
    return place;
  }

  private static Bytes cid(Bytes32 sha256) {
    return Bytes.wrap(Cid.of(Cid.Codec.RAW, sha256).toBytes());
  }
}
