package io.stoa.cli.endpoints;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stoa.crypto.Eip55;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code endpoints.json} in a local market's state directory tells tools and tests while the
 * market is up. It holds keys and a password, so only its owner can read the file.
 *
 * @param api origin of the market
 * @param rpc JSON-RPC of the chain
 * @param contracts by the names of their sources
 * @param database a URL with user and password
 * @param storage directory of the content store
 */
public record Endpoints(
    URI api,
    URI rpc,
    ChainId chainId,
    Map<String, Address> contracts,
    List<DevelopmentWallet> wallets,
    String database,
    Path storage) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  public Endpoints {
    contracts = Map.copyOf(contracts);
    wallets = List.copyOf(wallets);
  }

  public static Path fileIn(Path stateDirectory) {
    return stateDirectory.resolve("endpoints.json");
  }

  /** Reads the file; empty when the market is not up. */
  public static Optional<Endpoints> read(Path stateDirectory) throws IOException {
    var file = fileIn(stateDirectory);
    return Files.exists(file) ? Optional.of(parse(Files.readString(file))) : Optional.empty();
  }

  /** Replaces the file in one step: readers see the old one or the new one. */
  public void write(Path stateDirectory) throws IOException {
    var fresh = stateDirectory.resolve("endpoints.json.new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, toJson() + "\n");
    Files.move(fresh, fileIn(stateDirectory), StandardCopyOption.ATOMIC_MOVE);
  }

  static Endpoints parse(String json) throws IOException {
    try {
      var root = JSON.readTree(json);
      var contracts = new LinkedHashMap<String, Address>();
      for (var contract : root.required("contracts").properties()) {
        contracts.put(contract.getKey(), Address.parse(contract.getValue().asText()));
      }
      var wallets = new ArrayList<DevelopmentWallet>();
      for (var wallet : root.required("wallets")) {
        wallets.add(
            new DevelopmentWallet(text(wallet, "name"), Bytes32.parse(text(wallet, "privateKey"))));
      }
      return new Endpoints(
          URI.create(text(root, "api")),
          URI.create(text(root, "rpc")),
          new ChainId(root.required("chainId").asLong()),
          contracts,
          wallets,
          text(root, "database"),
          Path.of(text(root, "storage")));
    } catch (IllegalArgumentException | JsonProcessingException e) {
      throw new IOException("endpoints.json is damaged; ./stoa up writes it anew", e);
    }
  }

  String toJson() throws IOException {
    var root = JsonNodeFactory.instance.objectNode();
    root.put("api", api.toString()).put("rpc", rpc.toString()).put("chainId", chainId.value());
    var names = root.putObject("contracts");
    contracts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(contract -> names.put(contract.getKey(), Eip55.checksum(contract.getValue())));
    var accounts = root.putArray("wallets");
    for (var wallet : wallets) {
      accounts
          .addObject()
          .put("name", wallet.name())
          .put("address", Eip55.checksum(wallet.address()))
          .put("privateKey", wallet.privateKey().toString());
    }
    root.put("database", database).put("storage", storage.toString());
    return JSON.writeValueAsString(root);
  }

  private static String text(JsonNode node, String field) {
    return node.required(field).asText();
  }

  @Override
  public String toString() {
    return "Endpoints[" + api + "]";
  }
}
