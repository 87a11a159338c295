package io.stoa.chain.send;

import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.ChainId;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.web3j.rlp.RlpDecoder;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * A transaction of type 2 (EIP-1559) without an access list.
 *
 * @param fees what it offers for gas
 */
record FeeMarketTransaction(
    ChainId chain, long nonce, Fees fees, long gasLimit, Address to, BigInteger value, Bytes data) {
  private static final byte TYPE = 2;
  private static final int FIELDS = 9;
  private static final long PLAIN_TRANSFER_GAS = 21_000;

  SignedTransaction sign(SigningKey key) {
    var fields = fields();
    var signature = key.sign(Keccak.hash(envelope(fields)));
    var bytes = signature.toBytes();
    fields.add(number(signature.parity()));
    fields.add(number(new BigInteger(1, bytes, 0, 32)));
    fields.add(number(new BigInteger(1, bytes, 32, 32)));
    return new SignedTransaction(Bytes.of(envelope(fields)));
  }

  /** Reads what {@link #sign} made. */
  static FeeMarketTransaction read(SignedTransaction signed) {
    var raw = signed.raw().toBytes();
    if (raw.length == 0 || raw[0] != TYPE) {
      throw new IllegalArgumentException("not a transaction of type 2");
    }
    var fields =
        ((RlpList) RlpDecoder.decode(Arrays.copyOfRange(raw, 1, raw.length)).getValues().getFirst())
            .getValues();
    if (fields.size() < FIELDS) {
      throw new IllegalArgumentException("not a whole transaction of type 2");
    }
    return new FeeMarketTransaction(
        new ChainId(number(fields.get(0)).longValueExact()),
        number(fields.get(1)).longValueExact(),
        new Fees(number(fields.get(2)), number(fields.get(3))),
        number(fields.get(4)).longValueExact(),
        Address.of(bytes(fields.get(5))),
        number(fields.get(6)),
        Bytes.of(bytes(fields.get(7))));
  }

  FeeMarketTransaction paying(Fees more) {
    return new FeeMarketTransaction(chain, nonce, more, gasLimit, to, value, data);
  }

  /** Uses up the nonce of {@code account} and does nothing else. */
  static FeeMarketTransaction cancel(ChainId chain, Address account, long nonce, Fees fees) {
    return new FeeMarketTransaction(
        chain, nonce, fees, PLAIN_TRANSFER_GAS, account, BigInteger.ZERO, Bytes.EMPTY);
  }

  boolean isCancelOf(Address account) {
    return to.equals(account) && value.signum() == 0 && data.isEmpty();
  }

  private List<RlpType> fields() {
    return new ArrayList<>(
        List.of(
            number(chain.value()),
            number(nonce),
            number(fees.tip()),
            number(fees.maxFeePerGas()),
            number(gasLimit),
            RlpString.create(to.toBytes()),
            number(value),
            RlpString.create(data.toBytes()),
            new RlpList(List.of())));
  }

  private static byte[] envelope(List<RlpType> fields) {
    var list = RlpEncoder.encode(new RlpList(fields));
    var envelope = new byte[1 + list.length];
    envelope[0] = TYPE;
    System.arraycopy(list, 0, envelope, 1, list.length);
    return envelope;
  }

  private static RlpString number(long value) {
    return RlpString.create(value);
  }

  private static RlpString number(BigInteger value) {
    return RlpString.create(value);
  }

  private static BigInteger number(RlpType field) {
    return new BigInteger(1, bytes(field));
  }

  private static byte[] bytes(RlpType field) {
    return ((RlpString) field).getBytes();
  }
}
