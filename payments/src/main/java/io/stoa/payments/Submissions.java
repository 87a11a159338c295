package io.stoa.payments;

import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Multicall;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRefused;
import io.stoa.chain.send.TransactionRequest;
import io.stoa.chain.send.TransactionSender;
import io.stoa.crypto.Signature;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.MarketException;
import io.stoa.domain.payment.Approval;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.ContractSignatures.Deployment;
import io.stoa.x402.exact.TransferAuthorization;
import io.stoa.x402.permit2.ProxyCalls;
import io.stoa.x402.signature.Erc6492;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the call that settles a payment, by trying what its method knows. */
final class Submissions {
  /** Tried where it would be mined: on top of what waits already, at the time of the next block. */
  static final BlockId NEXT = new BlockId.Pending();

  /** A transfer of USDC by authorization takes 65,000 to 90,000, with its transaction. */
  private static final long BY_KEY = 150_000;

  /** Room for what a wallet may use to say yes (see {@link RpcContractSignatures}). */
  private static final long WALLET = RpcContractSignatures.GAS;

  /** A transfer by Permit2 through a proxy takes 85,000 to 120,000. */
  private static final long BY_PERMIT2 = 150_000;

  /** An approval takes 55,000 to 80,000. */
  private static final long APPROVAL = 100_000;

  private final Rpc rpc;
  private final List<TransactionSender> senders;
  private final Set<Address> factories;

  /**
   * @param senders at least one; the first sends what anyone may
   * @param factories that may create the payer's wallet on the way
   */
  Submissions(Rpc rpc, List<TransactionSender> senders, Set<Address> factories) {
    this.rpc = rpc;
    this.senders = List.copyOf(senders);
    this.factories = Set.copyOf(factories);
    if (senders.isEmpty()) {
      throw new IllegalArgumentException("nobody to send");
    }
  }

  /** Whether a payment that only {@code facilitator} may settle can be settled here. */
  boolean isOurs(Address facilitator) {
    return find(facilitator).isPresent();
  }

  /**
   * What would go through now. Empty when nothing would: it must not be sent then, or payers could
   * make the node pay for transactions that fail. Fails with {@link MarketException.Unavailable}
   * when the chain does not answer.
   *
   * @param charged in the token's smallest unit, above zero
   */
  Optional<Submission> find(SignedPayment signed, Optional<Approval> approval, BigInteger charged) {
    return sender(signed)
        .flatMap(
            sender ->
                ways(signed, approval, charged)
                    .filter(request -> wouldSucceed(request, sender.account()))
                    .findFirst()
                    .map(request -> new Submission(sender, request)));
  }

  /**
   * The one of its calls that anyone may make from anywhere, and that is proved by its logs alone:
   * it may be one of several in a transaction. A permit has none: the proof of it is whom its
   * transaction calls, and a proxy may look who does (see {@link PermitEvidence}).
   */
  static Optional<TransactionRequest> shareable(SignedPayment signed) {
    return signed instanceof SignedTransfer transfer
            && transfer.signature().size() == Signature.LENGTH
        ? Optional.of(byKey(transfer))
        : Optional.empty();
  }

  /** A transaction that makes all of {@code calls}; one that fails leaves the others alone. */
  Submission together(List<TransactionRequest> calls) {
    var sender = senders.getFirst();
    var data =
        Multicall.of(calls.stream().map(request -> Call.of(request.to(), request.data())).toList());
    long gas = calls.stream().mapToLong(request -> request.gasLimit().orElseThrow()).sum();
    return new Submission(sender, call(Multicall.CONTRACT, data, gas));
  }

  private Optional<TransactionSender> sender(SignedPayment signed) {
    return signed instanceof SignedPermit permit
            && permit.witness() instanceof Witness.Upto(_, var facilitator, _)
        ? find(facilitator)
        : Optional.of(senders.getFirst());
  }

  private Optional<TransactionSender> find(Address account) {
    return senders.stream().filter(sender -> sender.account().equals(account)).findFirst();
  }

  /** The cheapest first: the next is only tried when that fails. */
  private Stream<TransactionRequest> ways(
      SignedPayment signed, Optional<Approval> approval, BigInteger charged) {
    return switch (signed) {
      case SignedTransfer transfer -> {
        var byContract =
            call(
                transfer.amount().asset().token(),
                TransferAuthorization.submissionByContract(transfer),
                BY_KEY + WALLET);
        yield transfer.signature().size() == Signature.LENGTH
            ? Stream.of(byKey(transfer), byContract)
            : Stream.concat(
                Stream.of(byContract),
                Erc6492.unwrap(transfer.signature()).stream()
                    .map(wrapped -> wrapped.deployment())
                    .filter(wallet -> factories.contains(wallet.factory()))
                    .map(wallet -> creating(wallet, byContract)));
      }
      case SignedPermit permit ->
          Stream.concat(
              Stream.of(
                  call(permit.spender(), ProxyCalls.settle(permit, charged), BY_PERMIT2 + WALLET)),
              approval.stream()
                  .map(
                      given ->
                          call(
                              permit.spender(),
                              ProxyCalls.settleWithPermit(permit, charged, given),
                              BY_PERMIT2 + WALLET + APPROVAL)));
    };
  }

  private static TransactionRequest byKey(SignedTransfer transfer) {
    return call(
        transfer.amount().asset().token(), TransferAuthorization.submission(transfer), BY_KEY);
  }

  /** Of a wallet that somebody else may create meanwhile. */
  private static TransactionRequest creating(Deployment wallet, TransactionRequest transfer) {
    var both =
        Multicall.preparing(
            Call.of(wallet.factory(), wallet.callData()), Call.of(transfer.to(), transfer.data()));
    return call(
        Multicall.CONTRACT,
        both,
        transfer.gasLimit().orElseThrow() + RpcContractSignatures.CREATION);
  }

  private static TransactionRequest call(Address to, byte[] data, long gas) {
    return call(to, Bytes.wrap(data), gas);
  }

  private static TransactionRequest call(Address to, Bytes data, long gas) {
    return TransactionRequest.call(to, data).withGasLimit(gas);
  }

  /** As it would be sent, gas and all: an estimate would be made by trying many times. */
  private boolean wouldSucceed(TransactionRequest request, Address sender) {
    return ChainOutage.unavailable(
        () -> {
          try {
            return rpc.call(call(request, sender), NEXT) instanceof CallResult.Returned;
          } catch (RpcRefused refused) {
            return false;
          }
        });
  }

  /** What {@code request} does when {@code sender} sends it. */
  static Call call(TransactionRequest request, Address sender) {
    return Call.of(request.to(), request.data())
        .from(sender)
        .withGas(request.gasLimit().orElseThrow());
  }
}
