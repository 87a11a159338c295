package io.stoa.indexer;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.domain.MarketException;
import io.stoa.persistence.mirror.Document;
import io.stoa.persistence.mirror.Fact;
import io.stoa.persistence.mirror.MirrorWriter;
import io.stoa.persistence.mirror.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mirror of one chain that forgets everything with its process. */
public final class InMemoryMirror implements MirrorWriter {
  private Optional<Progress.Cursor> cursor = Optional.empty();
  private Optional<Address> registry = Optional.empty();
  private final List<Progress.Block> blocks = new ArrayList<>();
  private final List<Progress.RawLog> logs = new ArrayList<>();
  private final List<Progress.DeadEvent> dead = new ArrayList<>();
  private final List<Fact> facts = new ArrayList<>();
  private final Map<Document, Document.Finding> documents = new LinkedHashMap<>();
  private boolean loseNextAnswer;

  /** The next change is made, and nobody hears of it. */
  void loseNextAnswer() {
    loseNextAnswer = true;
  }

  /** Makes a document wait. */
  public void await(Document document) {
    documents.put(document, new Document.Finding.Missing());
  }

  public Document.Finding findingOf(Document document) {
    return documents.getOrDefault(document, new Document.Finding.Missing());
  }

  /** The raw logs of the fork it shows. */
  List<Progress.RawLog> logs() {
    return List.copyOf(logs);
  }

  List<Progress.DeadEvent> dead() {
    return List.copyOf(dead);
  }

  @Override
  public void begin(ChainId chain, Address registry) {
    if (!this.registry.equals(Optional.of(registry))) {
      this.registry = Optional.of(registry);
      forgetAbove(-1);
      cursor = Optional.empty();
    }
  }

  @Override
  public Optional<Progress.Cursor> cursor(ChainId chain) {
    return cursor;
  }

  @Override
  public List<BlockRef> remembered(ChainId chain, long number, int limit) {
    return blocks.reversed().stream()
        .map(Progress.Block::ref)
        .filter(block -> block.number() <= number)
        .limit(limit)
        .toList();
  }

  @Override
  public void advance(ChainId chain, Optional<BlockRef> from, Progress progress) {
    requireCursor(from);
    cursor = Optional.of(progress.to());
    blocks.addAll(progress.blocks());
    logs.addAll(progress.logs());
    dead.addAll(progress.dead());
    facts.addAll(progress.facts());
    answer();
  }

  @Override
  public void unwind(ChainId chain, BlockRef from, Optional<Progress.Cursor> ancestor) {
    requireCursor(Optional.of(from));
    cursor = ancestor;
    forgetAbove(ancestor.map(to -> to.block().number()).orElse(-1L));
    answer();
  }

  private void requireCursor(Optional<BlockRef> expected) {
    if (!cursor.map(Progress.Cursor::block).equals(expected)) {
      throw new MarketException.Conflict("mirror-moved", "The cursor is elsewhere.");
    }
  }

  private void answer() {
    if (loseNextAnswer) {
      loseNextAnswer = false;
      throw new MarketException.Unavailable("database-unavailable", "No answer.", null);
    }
  }

  private void forgetAbove(long number) {
    blocks.removeIf(block -> block.ref().number() > number);
    logs.removeIf(log -> log.block().number() > number);
    dead.removeIf(event -> event.block() > number);
    facts.removeIf(fact -> fact.place().block() > number);
  }

  @Override
  public List<Document> pending(ChainId chain, int limit) {
    return documents.entrySet().stream()
        .filter(entry -> entry.getValue() instanceof Document.Finding.Missing)
        .map(Map.Entry::getKey)
        .limit(limit)
        .toList();
  }

  @Override
  public void found(ChainId chain, Document document, Document.Finding finding) {
    documents.put(document, finding);
  }

  /** Missing documents are always due. */
  @Override
  public void arrived(ChainId chain, Cid cid) {}
}
