package io.stoa.chain.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Bytes;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.web3j.protocol.core.methods.response.Log;

/** Every event of every committed ABI, written as a chain would and read through its binding. */
class EventBindingsTest {
  private static final Path ABI = Path.of("../contracts/abi");

  @ParameterizedTest(name = "{0}")
  @MethodSource("events")
  void everyEventIsReadAsItWasWritten(LoggedEvent event) throws ReflectiveOperationException {
    // When
    var read = event.readByItsBinding();

    // Then
    for (var parameter : event.parameters()) {
      if (parameter.isStatic()) {
        assertThat(parameter.of(read)).as(parameter.name()).isEqualTo(parameter.value());
      }
    }
  }

  static Stream<LoggedEvent> events() throws IOException {
    var events = new ArrayList<LoggedEvent>();
    try (var files = Files.newDirectoryStream(ABI, "*.json")) {
      for (var file : files) {
        var artifact = new JsonMapper().readTree(file.toFile());
        for (var entry : artifact.get("abi")) {
          if (entry.get("type").asText().equals("event")) {
            events.add(LoggedEvent.of(artifact.get("contractName").asText(), entry));
          }
        }
      }
    }
    return events.stream();
  }

  private record LoggedEvent(String contract, String name, List<Parameter> parameters) {
    static LoggedEvent of(String contract, JsonNode event) {
      var parameters = new ArrayList<Parameter>();
      for (var input : event.get("inputs")) {
        parameters.add(new Parameter(parameters.size(), input));
      }
      return new LoggedEvent(contract, event.get("name").asText(), parameters);
    }

    Object readByItsBinding() throws ReflectiveOperationException {
      return Class.forName("io.stoa.chain.contract." + contract)
          .getMethod("get" + capitalized(name) + "EventFromLog", Log.class)
          .invoke(null, log());
    }

    private Log log() {
      var log = new Log();
      var topics = new ArrayList<String>();
      topics.add(
          Keccak.hash((name + typesOf(parameters)).getBytes(StandardCharsets.UTF_8)).toString());
      parameters.stream().filter(Parameter::indexed).forEach(it -> topics.add(hex(it.word())));
      log.setTopics(topics);
      log.setData(data());
      return log;
    }

    private String data() {
      return "0x" + encoded(parameters.stream().filter(it -> !it.indexed()).toList());
    }

    private static String typesOf(List<Parameter> parameters) {
      return parameters.stream().map(Parameter::type).collect(Collectors.joining(",", "(", ")"));
    }

    private static String capitalized(String name) {
      return name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1);
    }

    @Override
    public String toString() {
      return contract + "." + name;
    }
  }

  private record Parameter(int index, JsonNode abi) {
    String name() {
      var name = abi.get("name").asText();
      return name.isEmpty() ? "param" + index : name;
    }

    boolean indexed() {
      return abi.get("indexed").asBoolean();
    }

    String type() {
      return canonical(abi);
    }

    boolean isDynamic() {
      var type = abi.get("type").asText();
      return type.endsWith("[]")
          || type.equals("string")
          || type.equals("bytes")
          || components().stream().anyMatch(Parameter::isDynamic);
    }

    boolean isStatic() {
      return !isDynamic() && components().isEmpty() && !abi.get("type").asText().endsWith("]");
    }

    /** What it takes in place: of a dynamic value only where it is. */
    int headWords() {
      var type = abi.get("type").asText();
      if (isDynamic()) {
        return 1;
      }
      int words =
          components().isEmpty() ? 1 : components().stream().mapToInt(Parameter::headWords).sum();
      return type.endsWith("]")
          ? words * Integer.parseInt(type.substring(type.indexOf('[') + 1, type.length() - 1))
          : words;
    }

    /** A list or a text is empty; a struct is not. */
    String tail() {
      return abi.get("type").asText().equals("tuple")
          ? encoded(components())
          : digits(BigInteger.ZERO);
    }

    private List<Parameter> components() {
      if (!abi.has("components")) {
        return List.of();
      }
      return StreamSupport.stream(abi.get("components").spliterator(), false)
          .map(component -> new Parameter(0, component))
          .toList();
    }

    BigInteger word() {
      var type = abi.get("type").asText();
      if (type.startsWith("bytes") && !type.endsWith("]")) {
        return BigInteger.valueOf(index + 1).shiftLeft(248);
      }
      return BigInteger.valueOf(type.equals("bool") ? 1 : index + 1);
    }

    Object value() {
      var type = abi.get("type").asText();
      if (type.equals("bool")) {
        return true;
      }
      if (type.equals("address")) {
        return "0x" + digits(word()).substring(24);
      }
      if (type.startsWith("bytes")) {
        int length = Integer.parseInt(type.substring("bytes".length()));
        return java.util.Arrays.copyOf(Bytes.parse(hex(word())).toBytes(), length);
      }
      return word();
    }

    Object of(Object read) throws ReflectiveOperationException {
      return read.getClass().getField(name()).get(read);
    }

    private static String canonical(JsonNode abi) {
      var type = abi.get("type").asText();
      if (!type.startsWith("tuple")) {
        return type;
      }
      return StreamSupport.stream(abi.get("components").spliterator(), false)
          .map(Parameter::canonical)
          .collect(Collectors.joining(",", "(", ")" + type.substring("tuple".length())));
    }
  }

  /** All heads, then the tails of what has no fixed length. */
  private static String encoded(List<Parameter> parameters) {
    var heads = new StringBuilder();
    var tails = new StringBuilder();
    int headsLength = parameters.stream().mapToInt(Parameter::headWords).sum() * 32;
    for (var parameter : parameters) {
      if (parameter.isDynamic()) {
        heads.append(digits(BigInteger.valueOf(headsLength + tails.length() / 2)));
        tails.append(parameter.tail());
      } else {
        heads.append(digits(parameter.word()).repeat(parameter.headWords()));
      }
    }
    return heads.append(tails).toString();
  }

  private static String hex(BigInteger word) {
    return "0x" + digits(word);
  }

  private static String digits(BigInteger word) {
    return "%064x".formatted(word);
  }
}
