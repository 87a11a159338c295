package io.stoa.chain.send;

import io.stoa.chain.testing.InMemorySendLog;
import io.stoa.chain.testing.SendLogContract;

class InMemorySendLogTest extends SendLogContract {
  private final SendLog log = new InMemorySendLog();

  @Override
  protected SendLog log() {
    return log;
  }
}
