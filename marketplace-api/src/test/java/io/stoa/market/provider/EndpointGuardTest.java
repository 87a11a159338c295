package io.stoa.market.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.market.provider.EndpointGuard.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointGuardTest {
  private static final URI ENDPOINT = URI.create("https://provider.example/v1");

  @Test
  void opensTheVeryAddressItChecked() {
    assertThat(guardWhere("93.184.216.34").check(ENDPOINT))
        .isEqualTo(new Verdict.Open(socket("93.184.216.34", 443)));
  }

  @Test
  void keepsAnExplicitPort() {
    assertThat(guardWhere("2606:2800:220:1::1").check(URI.create("http://provider.example:8080")))
        .isEqualTo(new Verdict.Open(socket("2606:2800:220:1::1", 8080)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void refusesWhatIsNotOnThePublicInternet(String address) {
    assertThat(guardWhere(address).check(ENDPOINT)).isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void refusesAHostWithOnePrivateAddressAmongItsPublicOnes() {
    assertThat(guardWhere("93.184.216.34", "10.0.0.1").check(ENDPOINT))
        .isInstanceOf(Verdict.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://provider.example/",
        "file:///etc/passwd",
        "https://user@provider.example/",
        "https://user:secret@provider.example/",
        "https:///path",
        "/relative",
        "https://provider.example:0/",
        "https://provider.example:65536/"
      })
  void refusesUrlsOfAnotherForm(String url) {
    assertThat(guardWhere("93.184.216.34").check(URI.create(url)))
        .isInstanceOf(Verdict.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://127.1/", "http://2130706433/", "http://localhost/", "http://[::1]/"})
  void isNotFooledBySpellingsOfLoopback(String url) {
    assertThat(new EndpointGuard(false).check(URI.create(url))).isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void refusesAHostThatIsUnknown() {
    var guard =
        new EndpointGuard(
            false,
            host -> {
              throw new UnknownHostException(host);
            });

    assertThat(guard.check(ENDPOINT)).isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void letsADeveloperCallThisMachineButNotAMetadataService() {
    assertThat(new EndpointGuard(true, host -> addresses("127.0.0.1")).check(ENDPOINT))
        .isEqualTo(new Verdict.Open(socket("127.0.0.1", 443)));
    assertThat(new EndpointGuard(true, host -> addresses("169.254.169.254")).check(ENDPOINT))
        .isInstanceOf(Verdict.Refused.class);
  }

  private static EndpointGuard guardWhere(String... addresses) {
    return new EndpointGuard(false, host -> addresses(addresses));
  }

  private static InetAddress[] addresses(String... literals) {
    return Arrays.stream(literals).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }

  private static InetSocketAddress socket(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }
}
