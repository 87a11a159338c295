package io.stoa.chain.rpc;

import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
    return encoded(calls.stream().map(call -> tuple(call, true)).toList());
  }

  /** The same for two, of which the second must succeed or nothing happens. */
  public static Bytes preparing(Call preparation, Call call) {
    return encoded(List.of(tuple(preparation, true), tuple(call, false)));
  }

  private static Bytes encoded(List<byte[]> tuples) {
    var data = new ByteArrayOutputStream();
    data.writeBytes(Abi.call(AGGREGATE, Abi.word(WORD), Abi.word(tuples.size())));
    long place = (long) WORD * tuples.size();
    for (var tuple : tuples) {
      data.writeBytes(Abi.word(place).toBytes());
      place += tuple.length;
    }
    tuples.forEach(data::writeBytes);
    return Bytes.wrap(data.toByteArray());
  }

  private static byte[] tuple(Call call, boolean mayFail) {
    return Abi.callWithBytes(
        new byte[0], call.data().toBytes(), Abi.word(call.to()), Abi.word(mayFail ? 1 : 0));
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

  /**
   * What the last of {@code count} calls returned; empty if it failed.
   *
   * @throws IllegalArgumentException like {@link #successes}
   */
  public static Optional<Bytes> last(Bytes returned, int count) {
    if (!successes(returned, count).getLast()) {
      return Optional.empty();
    }
    var bytes = returned.toBytes();
    int list = 2 * WORD;
    int result = list + wordAt(bytes, list + (count - 1) * WORD);
    int data = result + wordAt(bytes, result + WORD);
    int size = wordAt(bytes, data);
    if (size > bytes.length - data - WORD) {
      throw new IllegalArgumentException("longer than the answer: " + size);
    }
    return Optional.of(Bytes.wrap(Arrays.copyOfRange(bytes, data + WORD, data + WORD + size)));
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
