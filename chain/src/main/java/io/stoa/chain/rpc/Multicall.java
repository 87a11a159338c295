package io.stoa.chain.rpc;

import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Several calls as one, by the Multicall3 contract, which public chains have at the same address.
 * Whom they call sees that contract as the caller. One that fails leaves the others alone.
 */
public final class Multicall {
  public static final Address CONTRACT =
      Address.parse("0xcA11bde05977b3631167028862bE2a173976CA11");

  private static final byte[] AGGREGATE = Abi.selector("aggregate3((address,bool,bytes)[])");
  private static final int WORD = 32;

  private Multicall() {}

  /** The data of the call that makes {@code calls} in their order; sends none of their wei. */
  public static Bytes of(List<Call> calls) {
    var tuples = calls.stream().map(Multicall::tuple).toList();
    var data = new ByteArrayOutputStream();
    data.writeBytes(Abi.call(AGGREGATE, Abi.word(WORD), Abi.word(calls.size())));
    long place = (long) WORD * calls.size();
    for (var tuple : tuples) {
      data.writeBytes(Abi.word(place).toBytes());
      place += tuple.length;
    }
    tuples.forEach(data::writeBytes);
    return Bytes.wrap(data.toByteArray());
  }

  private static byte[] tuple(Call call) {
    return Abi.callWithBytes(new byte[0], call.data().toBytes(), Abi.word(call.to()), Abi.word(1));
  }

  /**
   * Whether each of {@code count} calls ran through.
   *
   * @param returned by the call of {@link #of}
   * @throws IllegalArgumentException if it is not an answer to so many calls
   */
  public static List<Boolean> successes(Bytes returned, int count) {
    var bytes = returned.toBytes();
    if (wordAt(bytes, 0) != WORD || wordAt(bytes, WORD) != count) {
      throw new IllegalArgumentException("not the results of " + count + " calls");
    }
    int list = 2 * WORD;
    return IntStream.range(0, count)
        .mapToObj(i -> wordAt(bytes, list + wordAt(bytes, list + i * WORD)) == 1)
        .toList();
  }

  private static int wordAt(byte[] bytes, int place) {
    if (place % WORD != 0) {
      throw new IllegalArgumentException("not the place of a word: " + place);
    }
    var value = Abi.wordAt(bytes, place / WORD).toUnsigned();
    if (value.bitLength() >= Integer.SIZE) {
      throw new IllegalArgumentException("not a length or a place: " + value);
    }
    return value.intValue();
  }
}
