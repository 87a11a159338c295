package io.stoa.payments;

import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.chain.token.PayerState;
import io.stoa.chain.token.TokenReads;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.x402.ChainReads;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks the chain's nodes, everything at one block hash. Whoever asks at the same time is answered
 * of the same head, in one question for all.
 */
final class RpcChainReads implements ChainReads {
  private static final int LARGEST = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Rpc rpc;
  private final TokenReads tokens;
  private final Gathering<Question, Eip3009State> gathering =
      new Gathering<>(LARGEST, Duration.ZERO, (group, left) -> answer(group));

  RpcChainReads(Rpc rpc) {
    this.rpc = rpc;
    this.tokens = new TokenReads(rpc);
  }

  @Override
  public Eip3009State read(Asset asset, Address payer, Bytes32 nonce) {
    return gathering
        .ask(new Question(asset, payer, nonce), PATIENCE)
        .orElseThrow(() -> unavailable(null));
  }

  @Override
  public List<Eip3009State> read(List<Question> questions) {
    try {
      var head = rpc.head().ref();
      return tokens
          .payerStates(questions.stream().map(RpcChainReads::of).toList(), head.hash())
          .stream()
          .map(state -> state(head, state))
          .toList();
    } catch (RpcException failure) {
      throw unavailable(failure);
    }
  }

  private void answer(List<Gathering.Asked<Question, Eip3009State>> group) {
    var states = read(group.stream().map(Gathering.Asked::question).toList());
    for (int i = 0; i < states.size(); i++) {
      group.get(i).answer().complete(states.get(i));
    }
  }

  private static TokenReads.Question of(Question question) {
    return new TokenReads.Question(question.asset().token(), question.payer(), question.nonce());
  }

  private static Eip3009State state(BlockRef head, PayerState state) {
    return new Eip3009State(
        head,
        state.assetHasCode(),
        state.payerHasCode(),
        state.balance(),
        state.authorizationUsed());
  }

  private static MarketException unavailable(@Nullable RpcException failure) {
    return new MarketException.Unavailable(
        "chain-unavailable", "The chain did not answer.", failure);
  }
}
