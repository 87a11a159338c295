package io.stoa.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(
    value = OS.LINUX,
    architectures = {"amd64", "aarch64"})
class NativeSecp256k1Test extends Secp256k1Contract {
  @Override
  Secp256k1 curve() {
    return new NativeSecp256k1();
  }

  @Test
  void isWhatThisMachineUses() {
    assertThat(Secp256k1.fastest()).isInstanceOf(NativeSecp256k1.class);
  }
}
