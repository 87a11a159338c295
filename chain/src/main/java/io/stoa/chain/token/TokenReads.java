package io.stoa.chain.token;

import io.stoa.chain.contract.UsdCoin;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcBatch;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads of ERC-20 tokens with EIP-3009. Blocks; fails like {@link Rpc}. An address that is no such
 * token answers with a balance of zero, an unused nonce, and empty names.
 */
public final class TokenReads {
  private final Rpc rpc;
  private volatile Accounts accounts = new Accounts(Bytes32.ZERO, Map.of(), Map.of());

  public TokenReads(Rpc rpc) {
    this.rpc = rpc;
  }

  /** Atomic units. */
  public BigInteger balanceOf(Address token, Address owner, BlockId block) {
    return whole(rpc.call(balance(token, owner), block));
  }

  /** Atomic units that {@code spender} may still take from {@code owner}. */
  public BigInteger allowance(Address token, Address owner, Address spender, BlockId block) {
    var data = UsdCoin.getABI_allowance(owner.toString(), spender.toString());
    return whole(rpc.call(call(token, data), block));
  }

  /** Whether the authorization with this nonce was used or cancelled. */
  public boolean authorizationState(
      Address token, Address authorizer, Bytes32 nonce, BlockId block) {
    return whole(rpc.call(authorization(token, authorizer, nonce), block)).signum() != 0;
  }

  /** The {@code name} of the token's EIP-712 domain. */
  public String name(Address token) {
    return text(rpc.call(call(token, UsdCoin.getABI_name()), BlockId.LATEST));
  }

  /** The {@code version} of the token's EIP-712 domain. */
  public String version(Address token) {
    return text(rpc.call(call(token, UsdCoin.getABI_version()), BlockId.LATEST));
  }

  /** How {@code token}'s owners can move it by their signature alone. */
  public TokenMethods methods(Address token) {
    var batch = rpc.batch();
    var authorization =
        batch.add(
            RpcRequest.call(authorization(token, Address.ZERO, Bytes32.ZERO), BlockId.LATEST));
    var nonce =
        batch.add(
            RpcRequest.call(
                call(token, UsdCoin.getABI_nonces(Address.ZERO.toString())), BlockId.LATEST));
    batch.send();
    return new TokenMethods(isWord(authorization.get()), isWord(nonce.get()));
  }

  /** One batch: everything that is true of one payment in one block. */
  public PayerState payerState(Address token, Address payer, Bytes32 nonce, Bytes32 block) {
    return payerStates(List.of(new Question(token, payer, nonce)), block).getFirst();
  }

  /** One batch for all of them, in which nothing is asked that is known of that block. */
  public List<PayerState> payerStates(List<Question> questions, Bytes32 block) {
    var batch =
        new StateBatch(
            rpc.batch(), BlockId.of(block), accountsAt(block), new HashMap<>(), new HashMap<>());
    var answers = questions.stream().map(batch::ask).toList();
    batch.calls.send();
    return answers.stream().map(Supplier::get).toList();
  }

  private Accounts accountsAt(Bytes32 block) {
    var known = accounts;
    if (!known.block.equals(block) || known.isFull()) {
      known = new Accounts(block, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
      accounts = known;
    }
    return known;
  }

  /** Who would pay, with which authorization of which token. */
  public record Question(Address token, Address payer, Bytes32 nonce) {}

  /** What is known of accounts at one block: it cannot change. */
  private record Accounts(
      Bytes32 block, Map<Address, Boolean> contracts, Map<Call, CallResult> balances) {
    private static final int MOST = 10_000;

    boolean isFull() {
      return contracts.size() + balances.size() > MOST;
    }
  }

  /** What is asked so far, by whom or what it is about. */
  private record StateBatch(
      RpcBatch calls,
      BlockId at,
      Accounts known,
      Map<Address, Supplier<Bytes>> codes,
      Map<Call, Supplier<CallResult>> results) {

    Supplier<PayerState> ask(Question question) {
      var token = question.token();
      var payer = question.payer();
      var balance = balance(TokenReads.balance(token, payer));
      var used = result(authorization(token, payer, question.nonce()));
      var payerHasCode = hasCode(payer);
      var assetHasCode = hasCode(token);
      return () ->
          new PayerState(
              whole(balance.get()),
              whole(used.get()).signum() != 0,
              payerHasCode.get(),
              assetHasCode.get());
    }

    private Supplier<Boolean> hasCode(Address account) {
      return remembered(
          known.contracts,
          account,
          asked -> {
            var code = codes.computeIfAbsent(asked, it -> calls.add(RpcRequest.code(it, at)));
            return () -> !code.get().isEmpty();
          });
    }

    private Supplier<CallResult> balance(Call call) {
      return remembered(known.balances, call, this::result);
    }

    private Supplier<CallResult> result(Call call) {
      return results.computeIfAbsent(call, asked -> calls.add(RpcRequest.call(asked, at)));
    }

    private static <K, V> Supplier<V> remembered(
        Map<K, V> known, K asked, Function<K, Supplier<V>> ask) {
      var value = known.get(asked);
      if (value != null) {
        return () -> value;
      }
      var answer = ask.apply(asked);
      return () -> known.computeIfAbsent(asked, it -> answer.get());
    }
  }

  private static Call balance(Address token, Address owner) {
    return call(token, UsdCoin.getABI_balanceOf(owner.toString()));
  }

  private static Call authorization(Address token, Address authorizer, Bytes32 nonce) {
    return call(token, UsdCoin.getABI_authorizationState(authorizer.toString(), nonce.toBytes()));
  }

  private static Call call(Address token, String data) {
    return Call.of(token, Bytes.parse(data));
  }

  private static boolean isWord(CallResult result) {
    return result instanceof CallResult.Returned(var data) && data.size() == 32;
  }

  private static BigInteger whole(CallResult result) {
    return switch (result) {
      case CallResult.Returned(var data) when data.size() >= 32 ->
          Abi.wordAt(data.toBytes(), 0).toUnsigned();
      case CallResult.Returned _, CallResult.Reverted _ -> BigInteger.ZERO;
    };
  }

  private static String text(CallResult result) {
    return switch (result) {
      case CallResult.Returned(var data) -> text(data.toBytes());
      case CallResult.Reverted _ -> "";
    };
  }

  private static String text(byte[] encoded) {
    if (encoded.length < 64) {
      return "";
    }
    var length = Abi.wordAt(encoded, 1).toUnsigned();
    if (length.compareTo(BigInteger.valueOf(encoded.length - 64L)) > 0) {
      throw new RpcUnavailable("the token's text is longer than its answer");
    }
    return new String(encoded, 64, length.intValue(), StandardCharsets.UTF_8);
  }
}
