package io.stoa.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MiniLmTest {
  private static Embedder miniLm;

  @BeforeAll
  static void load() {
    miniLm = MiniLm.load();
  }

  @Test
  void putsSimilarMeaningsCloserTogetherThanOthers() {
    // When
    var cat = miniLm.embed("A cat sleeps on the sofa.").vector();
    var kitten = miniLm.embed("A kitten is napping on the couch.").vector();
    var rate = miniLm.embed("The central bank raised its interest rate.").vector();

    // Then
    assertThat(cosine(cat, kitten)).isGreaterThan(0.6);
    assertThat(cosine(cat, rate)).isLessThan(0.2);
  }

  @Test
  void givesVectorsOfLengthOneInTheDimensionsItNames() {
    // When
    var vector = miniLm.embed("anything").vector();

    // Then
    assertThat(vector).hasSize(miniLm.dimensions());
    assertThat(cosine(vector, vector)).isCloseTo(1, within(1e-5));
  }

  @Test
  void countsTheTokensOfTheTextAlone() {
    assertThat(miniLm.embed("hello world").tokens()).isEqualTo(2);
    assertThat(miniLm.embed("embeddings").tokens()).isEqualTo(4); // em ##bed ##ding ##s
  }

  private static double cosine(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
