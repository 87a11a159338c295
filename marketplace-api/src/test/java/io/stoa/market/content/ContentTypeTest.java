package io.stoa.market.content;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentTypeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!doctype html><script>",
        "<html>",
        "<svg xmlns='http://www.w3.org/2000/svg'>",
        "<?xml version='1.0'?>",
        "\n\t  <html>",
        "\ufeff<html>"
      })
  void makesMarkupADownload(String start) {
    assertThat(ContentType.of(start.getBytes(UTF_8)).isAttachment()).isTrue();
    assertThat(ContentType.of(start.getBytes(UTF_16LE)).isAttachment()).isTrue();
  }

  @Test
  void showsJson() {
    assertThat(ContentType.of("{\"title\":\"x\"}".getBytes(UTF_8)).mediaType())
        .isEqualTo("application/json");
  }

  @Test
  void callsTheRestBytes() {
    assertThat(ContentType.of(new byte[] {8, 1, 2, 3}).mediaType())
        .isEqualTo("application/octet-stream");
    assertThat(ContentType.of(new byte[0]).mediaType()).isEqualTo("application/octet-stream");
  }
}
