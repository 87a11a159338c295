package io.stoa.domain.payment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.math.BigInteger;

/**
 * What the chain itself lets happen once. Every encoding of one authorization has the same key,
 * whatever header, JSON or signature bytes carried it.
 */
public sealed interface PaymentKey {
  Address payer();

  /** The unambiguous text whose hash is the public id. */
  String canonical();

  default PaymentId id() {
    return new PaymentId(Bytes32.sha256(canonical().getBytes(UTF_8)));
  }

  /** The nonce space of EIP-3009, shared by transfers, receipts and deposits of one token. */
  record Eip3009(Asset asset, Address payer, Bytes32 nonce) implements PaymentKey {
    @Override
    public String canonical() {
      return "eip3009 " + asset + " " + payer + " " + nonce;
    }
  }

  /** The unordered nonce space of Permit2 on one chain, shared by all tokens and proxies. */
  record Permit2(ChainId chain, Address payer, BigInteger nonce) implements PaymentKey {
    @Override
    public String canonical() {
      return "permit2 " + chain + " " + payer + " " + nonce;
    }
  }
}
