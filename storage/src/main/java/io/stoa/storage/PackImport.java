package io.stoa.storage;

import io.stoa.domain.Cid;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one import on their way into the store: what is new goes to a draft, what is there
 * is held.
 */
final class PackImport implements Import.Target, Closeable {
  private final BlockIndex index;
  private final PackFolder packs;
  private final Set<Cid> held = new HashSet<>();
  private @Nullable PackWriter draft;
  private List<Pack.Entry> published = List.of();

  PackImport(BlockIndex index, PackFolder packs) {
    this.index = index;
    this.packs = packs;
  }

  @Override
  public boolean keeps(Cid cid) {
    if (held.contains(cid)) {
      return true;
    }
    return index.holdSound(cid) && held.add(cid);
  }

  @Override
  public void append(Cid cid, byte[] buffer, int length) throws IOException {
    if (draft == null) {
      draft = packs.draft();
    }
    draft.append(cid, buffer, length);
  }

  /** Makes the new blocks durable. They are not visible yet. */
  void publish() throws IOException {
    if (draft != null) {
      published = draft.publish(packs.next());
    }
  }

  /** Makes the new blocks visible. */
  void commit() {
    packs.add(published);
    published = List.of();
  }

  /** Leaves nothing of what was not committed. */
  @Override
  public void close() throws IOException {
    index.release(held);
    if (draft != null) {
      draft.close();
    }
    if (!published.isEmpty()) {
      DurableFile.delete(published.getFirst().location().pack().file());
    }
  }
}
