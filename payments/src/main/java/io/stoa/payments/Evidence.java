package io.stoa.payments;

import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.TransactionRequest;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.ChainReads;
import io.stoa.x402.Permit2Reads;

/** Finds out what became of a payment on the chain, by whatever proves it for its method. */
final class Evidence {
  private final TransferEvidence transfers;
  private final PermitEvidence permits;

  Evidence(Rpc rpc, ChainReads transfers, Permit2Reads permits, Finality finality) {
    this.transfers = new TransferEvidence(rpc, transfers, finality);
    this.permits = new PermitEvidence(rpc, permits, finality);
  }

  /** Of a payment whose price is known. */
  Fate of(Payment payment) {
    return switch (payment.signed()) {
      case SignedTransfer transfer -> transfers.of(transfer, payment.searchFrom());
      case SignedPermit permit -> permits.of(permit, payment.price().units(), payment.searchFrom());
    };
  }

  /**
   * Whether the transaction that {@code request} became carried {@code payment} out.
   *
   * @param receipt of that transaction
   */
  static boolean proves(Receipt receipt, TransactionRequest request, Payment payment) {
    return switch (payment.signed()) {
      case SignedTransfer transfer -> TransferEvidence.proves(receipt, transfer);
      case SignedPermit permit ->
          PermitEvidence.proves(
              receipt, request.to(), request.data(), permit, payment.price().units());
    };
  }
}
