package io.stoa.market.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTest {
  private static final Bytes32 KEY = Bytes32.sha256("open sesame".getBytes(UTF_8));

  private static final Address SHOP = Address.parse("0x2000000000000000000000000000000000004020");
  private static final Map<Bytes32, Set<Address>> KEYS = Map.of(KEY, Set.of(SHOP));

  @Test
  void aKeyIsKnownByItsHash() {
    assertThat(Client.of("bearer open sesame", "192.0.2.1", KEYS))
        .isEqualTo(new Client.KeyHolder(KEY, Set.of(SHOP)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Bearer", "Bearer ", "Bearer open", "Basic open sesame", "open sesame"})
  void whatIsNoKeyIsNotTakenForNone(String authorization) {
    assertThat(Client.of(authorization, "192.0.2.1", KEYS)).isInstanceOf(Client.Pretender.class);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.2, false",
    "2001:db8::1, 2001:db8:0:0:ffff::1, true",
    "2001:db8::1, 2001:db8:0:1::1, false",
    "fe80::1%eth0, fe80::1%eth0, true",
    "unknown, unknown, true"
  })
  void aHouseholdIsOneClient(String one, String other, boolean isSame) {
    assertThat(name(one).equals(name(other))).isEqualTo(isSame);
  }

  private static String name(String address) {
    return Client.of(null, address, Map.of()).name();
  }
}
