package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.x402.Example;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceMetadataTest {
  @Test
  void whatIsHarmlessStays() {
    assertThat(
            ServiceMetadata.sanitised(
                Example.object(
                    """
                    {'url':'https://m.example/','serviceName':'MiniLM & Sons',
                     'tags':['embeddings','text'],'iconUrl':'https://m.example/icon.png'}
                    """)))
        .isEqualTo(
            new ServiceMetadata(
                Optional.of("MiniLM & Sons"),
                List.of("embeddings", "text"),
                Optional.of("https://m.example/icon.png")));
  }

  @Test
  void oneBadFieldDoesNotTakeTheOthersWithIt() {
    assertThat(
            ServiceMetadata.sanitised(
                Example.object(
                    "{'serviceName':'gr\u00fc\u00dfe','tags':'text','iconUrl':'https://m.example/'}")))
        .isEqualTo(
            new ServiceMetadata(Optional.empty(), List.of(), Optional.of("https://m.example/")));
    assertThat(ServiceMetadata.sanitised(Example.object("{}"))).isEqualTo(ServiceMetadata.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "'a\\nb'", "'a\\u007f'", "'a\\u0085'", "7", "['a']", "'a\\u202eb'"})
  void aNameIsPrintableAscii(String name) {
    assertThat(
            ServiceMetadata.sanitised(Example.object("{'serviceName':" + name + "}")).serviceName())
        .isEmpty();
  }

  @Test
  void aNameHasThirtyTwoCharacters() {
    assertThat(name("a".repeat(32))).isPresent();
    assertThat(name("a".repeat(33))).isEmpty();
  }

  @Test
  void fiveGoodTagsAreKept() {
    assertThat(
            ServiceMetadata.sanitised(
                    Example.object(
                        "{'tags':['one','ONE',2,'','two','%s','gr\u00fcn','a\\tb','3','4','5','6']}"
                            .formatted("x".repeat(33))))
                .tags())
        .containsExactly("one", "two", "3", "4", "5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://m.example/icon.png",
        "http://m.example:8080/icon.png?size=1#x",
        "HTTPS://M.EXAMPLE",
        "https://b\u00fccher.example/",
        "https://xn--bcher-kva.example/",
        "https://1.example/",
        "https://m%2eexample/"
      })
  void anIconOfAPublicHostStays(String url) {
    assertThat(icon(url)).contains(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "icon.png",
        "//m.example/",
        "ftp://m.example/",
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "https://user@m.example/",
        "https://user:secret@m.example/",
        "https:///icon.png",
        "https://./",
        "https://m..example/",
        "https://127.0.0.1/",
        "https://127.0.0.1:443/",
        "https://127.0.0.1./",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.0x1/",
        "https://0x/",
        "https://017700000001/",
        "https://999.1.1.1.1/",
        "https://[::1]/",
        "https://[::1]:443/",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://localhost./",
        "https://localhost.localdomain/",
        "https://ip6-loopback/",
        "https://api.localhost/",
        "https://%6cocalhost/",
        "https://%31%32%37.0.0.1/",
        "https://%2531/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://127\u30020\u30020\u30021/",
        "https://\uff4cocalhost/",
        "https://m.example%2f@evil.example/",
        "https://m.example%40evil.example/",
        "https://m.example\\@evil.example/",
        "https://m example/",
        "https://m.example/\u0000",
        "https://%zz/"
      })
  void anIconFromElsewhereIsLeftOut(String url) {
    assertThat(icon(url)).isEmpty();
  }

  @Test
  void anIconsAddressHasTwoThousandAndFortyEightCharacters() {
    var longest = "https://m.example/" + "a".repeat(2048 - 18);

    assertThat(icon(longest)).isPresent();
    assertThat(icon(longest + "a")).isEmpty();
  }

  private static Optional<String> name(String name) {
    return ServiceMetadata.sanitised(Example.object("{}").put("serviceName", name)).serviceName();
  }

  private static Optional<String> icon(String url) {
    return ServiceMetadata.sanitised(Example.object("{}").put("iconUrl", url)).iconUrl();
  }
}
