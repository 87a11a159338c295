package io.stoa.x402.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.domain.Bytes32;
import io.stoa.x402.Example;
import io.stoa.x402.receipt.ReceiptMerkle.Place;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The vectors are those of {@code leafOf} and {@code verify} of UsageAnchor.sol, computed step by
 * step with another library.
 */
class ReceiptMerkleTest {
  private static final Place PLACE =
      new Place(Example.ASSET.chain(), Example.ASSET.token(), Example.PAYER.address(), 7);
  private static final Bytes32 LEAF_1 =
      Bytes32.parse("0x57e952a199e07085aa6ce4c058f6fcf0814690258e753091a854c22b1152f24c");
  private static final Bytes32 LEAF_2 =
      Bytes32.parse("0xadf179b2d350e86b5b2ec42106619b1a62e4c59792141ed42635f3a4743d75f5");
  private static final Bytes32 LEAF_3 =
      Bytes32.parse("0xef54a1a4a38bde592490e055630be149a5ed4579fe329901449cf23e9e7a456a");
  private static final Bytes32 LEAVES_1_AND_2 =
      Bytes32.parse("0xe43450ff6558d2ab524b367aab1df478f3b98795269113065ee76fd5856e37b6");
  private static final Bytes32 ROOT =
      Bytes32.parse("0x39fe4125c896c82fe2023a42afb5039d5104273b3efc83f50d8a1ecc1a9b89c6");

  @Test
  void aLeafIsWhatTheContractMakesOfAReceipt() {
    assertThat(PLACE.leafOf(receipt(1))).isEqualTo(LEAF_1);
    assertThat(PLACE.leafOf(receipt(2))).isEqualTo(LEAF_2);
    assertThat(PLACE.leafOf(receipt(3))).isEqualTo(LEAF_3);
  }

  @Test
  void theRootIsWhatTheContractCompares() {
    assertThat(tree(1, 2).root()).isEqualTo(LEAVES_1_AND_2);
    assertThat(tree(1, 2, 3).root()).isEqualTo(ROOT);
    assertThat(tree(1, 2, 3).count()).isEqualTo(3);
  }

  @Test
  void aProofHoldsTheSiblingsFromTheLeafUp() {
    // When
    var tree = tree(1, 2, 3);

    // Then
    assertThat(tree.proof(receipt(1))).containsExactly(LEAF_2, LEAF_3);
    assertThat(tree.proof(receipt(2))).containsExactly(LEAF_1, LEAF_3);
    assertThat(tree.proof(receipt(3))).containsExactly(LEAVES_1_AND_2);
  }

  @Test
  void theOnlyReceiptNeedsNoProof() {
    // When
    var tree = tree(1);

    // Then
    assertThat(tree.root()).isEqualTo(LEAF_1);
    assertThat(tree.proof(receipt(1))).isEmpty();
    assertThat(ReceiptMerkle.proves(PLACE, receipt(1), List.of(), LEAF_1)).isTrue();
  }

  @ParameterizedTest(name = "{0} receipts, seed {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 100, 1000})
  void everyReceiptIsProvenAndNoOther(int count) {
    // Given
    var receipts = new ArrayList<>(receipts(LongStream.rangeClosed(1, count).toArray()));
    var root = ReceiptMerkle.of(PLACE, receipts).root();
    Collections.shuffle(receipts, new Random(count));

    // When
    var tree = ReceiptMerkle.of(PLACE, receipts);

    // Then
    assertThat(tree.root()).isEqualTo(root);
    for (var receipt : receipts) {
      var proof = tree.proof(receipt);
      assertThat(ReceiptMerkle.proves(PLACE, receipt, proof, root)).isTrue();
      assertThat(ReceiptMerkle.proves(PLACE, receipt(0), proof, root)).isFalse();
    }
  }

  @ParameterizedTest(name = "{0} receipts")
  @ValueSource(ints = {1, 4_096, 4_097, 8_193, 12_289})
  void aProofIsOneOfItsPartAndOneOfThePartsRoots(int count) {
    // Given
    var whole = ReceiptMerkle.of(PLACE, receipts(LongStream.rangeClosed(1, count).toArray()));
    var leaves = whole.leaves();

    // When
    var parts = new ArrayList<MerkleTree>();
    for (int from = 0; from < count; from += MerkleTree.PART) {
      parts.add(MerkleTree.of(leaves.subList(from, Math.min(count, from + MerkleTree.PART))));
    }
    var top = MerkleTree.of(parts.stream().map(MerkleTree::root).toList());

    // Then
    assertThat(top.root()).isEqualTo(whole.root());
    for (long each : new long[] {1, count}) {
      int place = Collections.binarySearch(leaves, PLACE.leafOf(receipt(each)));
      var proof =
          new ArrayList<>(parts.get(place / MerkleTree.PART).proof(place % MerkleTree.PART));
      proof.addAll(top.proof(place / MerkleTree.PART));
      assertThat(proof).isEqualTo(whole.proof(receipt(each)));
    }
  }

  @Test
  void aProofHoldsNowhereElse() {
    // Given
    var tree = tree(1, 2, 3);
    var proof = tree.proof(receipt(1));

    // When, Then
    assertThat(holdsAt(new Place(PLACE.chain(), PLACE.anchor(), PLACE.sender(), 8), proof))
        .isFalse();
    assertThat(holdsAt(new Place(PLACE.chain(), PLACE.anchor(), PLACE.anchor(), 7), proof))
        .isFalse();
    assertThat(holdsAt(new Place(PLACE.chain(), PLACE.sender(), PLACE.sender(), 7), proof))
        .isFalse();
    assertThat(holdsAt(PLACE, proof.reversed())).isFalse();
    assertThat(holdsAt(PLACE, proof.subList(0, 1))).isFalse();
    assertThat(holdsAt(PLACE, proof)).isTrue();
  }

  @Test
  void anInnerNodeIsNoReceipt() {
    assertThat(ReceiptMerkle.proves(PLACE, LEAVES_1_AND_2, List.of(LEAF_3), ROOT)).isFalse();
  }

  @Test
  void aTreeHasReceiptsAndNoneTwice() {
    assertThatIllegalArgumentException().isThrownBy(() -> tree());
    assertThatIllegalArgumentException().isThrownBy(() -> tree(1, 2, 1));
  }

  @Test
  void thereIsNoProofOfAnythingElse() {
    assertThatIllegalArgumentException().isThrownBy(() -> tree(1, 2).proof(receipt(3)));
  }

  private static boolean holdsAt(Place place, List<Bytes32> proof) {
    return ReceiptMerkle.proves(place, receipt(1), proof, ROOT);
  }

  private static ReceiptMerkle tree(long... receipts) {
    return ReceiptMerkle.of(PLACE, receipts(receipts));
  }

  private static List<Bytes32> receipts(long... numbers) {
    return LongStream.of(numbers).mapToObj(ReceiptMerkleTest::receipt).toList();
  }

  private static Bytes32 receipt(long number) {
    return Bytes32.of(BigInteger.valueOf(number));
  }
}
