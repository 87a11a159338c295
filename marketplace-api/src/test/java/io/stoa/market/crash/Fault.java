package io.stoa.market.crash;

import io.stoa.market.crash.RpcLine.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** What breaks. When {@link #strike} returns, everything runs again. */
enum Fault {
  /** One instance, API and settler, is killed. */
  NODE {
    @Override
    void strike(Site site, RandomGenerator choice) {
      var instance = site.instances().get(choice.nextInt(site.instances().size()));
      instance.kill();
      instance.start();
    }
  },

  /** The database is killed under instances that stay. */
  DATABASE {
    @Override
    void strike(Site site, RandomGenerator choice) {
      site.surroundings().killDatabase();
      site.surroundings().returnDatabase();
    }
  },

  /** Everything but the chain is killed at once. */
  POWER {
    @Override
    void strike(Site site, RandomGenerator choice) {
      site.instances().forEach(instance -> Thread.ofVirtual().start(instance::kill));
      site.surroundings().killDatabase();
      site.instances().forEach(instance -> instance.kill());
      site.surroundings().returnDatabase();
      site.instances().forEach(instance -> instance.start());
    }
  },

  /** The chain cannot be asked, or not as it should be, until somebody has tried for a while. */
  LINE {
    @Override
    void strike(Site site, RandomGenerator choice) {
      var bad = List.of(Condition.CUT, Condition.DEAF, Condition.SLOW, Condition.GARBLED);
      site.line().becomes(bad.get(choice.nextInt(bad.size())));
      site.line().awaitCallers(5 + choice.nextInt(40), Duration.ofSeconds(3));
      site.line().becomes(Condition.GOOD);
    }
  },

  /** The newest blocks are replaced by others that hold nothing. */
  REORGANISATION {
    @Override
    void strike(Site site, RandomGenerator choice) {
      site.reorganise(1 + choice.nextInt(2));
    }
  };

  abstract void strike(Site site, RandomGenerator choice);

  /** So many of them, in every ten some of each, with one in the middle that is wanted there. */
  static List<Fault> many(int count, Fault inTheMiddle, RandomGenerator choice) {
    var all = new ArrayList<Fault>();
    while (all.size() < count) {
      var ten =
          new ArrayList<>(
              List.of(
                  NODE, NODE, NODE, NODE, NODE, DATABASE, DATABASE, POWER, LINE, REORGANISATION));
      Collections.shuffle(ten, Random.from(choice));
      all.addAll(ten);
    }
    all.set(count / 2, inTheMiddle);
    return all.subList(0, count);
  }
}
