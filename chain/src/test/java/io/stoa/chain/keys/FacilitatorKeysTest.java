package io.stoa.chain.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FacilitatorKeysTest {
  @TempDir private Path folder;

  @Test
  void developmentKeysAreMadeOnceAndAreNoneOfTheGateways() {
    // Given
    var source = new KeySource.Development(folder);

    // When
    var keys = FacilitatorKeys.open(source);
    var gateway = KeyRing.open(source);

    // Then
    assertThat(FacilitatorKeys.open(source)).hasToString(keys.toString());
    assertThat(gateway.senders()).hasSize(1);
    assertThat(
            List.of(
                gateway.senders().getFirst().address(),
                gateway.authorizer().address(),
                gateway.attester().address(),
                keys.sender().address(),
                keys.authorizer().address()))
        .doesNotHaveDuplicates();
  }

  @Test
  void missingKeystoresAreNotMade() {
    // Given
    var source = new KeySource.Keystores(folder, new Password("p"));

    // Then
    assertThatThrownBy(() -> FacilitatorKeys.open(source))
        .isInstanceOf(KeyUnusable.class)
        .hasMessageContaining("facilitator-sender.json");
    assertThat(folder).isEmptyDirectory();
  }
}
