package io.stoa.persistence.till;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * The way to the database for calls of several kinds: one group at a time is under way, unless it
 * takes very long, and the kinds take turns. Groups of two kinds beside each other would be half as
 * large, and each costs the database more than another call in it.
 */
final class Lane {
  private final List<GroupCommit<?, ?>> kinds = new CopyOnWriteArrayList<>();
  private final Semaphore way = new Semaphore(1);

  /** Whose turn it is; touched by whoever has the way. */
  private int turn;

  void add(GroupCommit<?, ?> kind) {
    kinds.add(kind);
  }

  boolean isFree() {
    return way.availablePermits() > 0;
  }

  /** Lets the next group go, if there is one and the way is free. */
  void depart() {
    while (kinds.stream().anyMatch(GroupCommit::isWanted) && way.tryAcquire()) {
      next()
          .depart()
          .onComplete(
              _ -> {
                way.release();
                depart();
              });
    }
  }

  /** The next kind that is wanted; any, when the last who waited has just left. */
  private GroupCommit<?, ?> next() {
    var kind = inTurn();
    for (int i = 1; i < kinds.size() && !kind.isWanted(); i++) {
      kind = inTurn();
    }
    return kind;
  }

  private GroupCommit<?, ?> inTurn() {
    var kind = kinds.get(turn);
    turn = (turn + 1) % kinds.size();
    return kind;
  }
}
