import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.web3j.codegen.SolidityFunctionWrapper;
import org.web3j.protocol.core.methods.response.AbiDefinition;

/**
 * Writes a Java class for each committed contract. Run by the build of this module: {@code
 * GenerateBindings ABI_FOLDER OUTPUT_FOLDER PACKAGE}.
 */
public final class GenerateBindings {
  private static final boolean NATIVE_JAVA_TYPES = true;
  private static final boolean NO_PRIMITIVES = false;
  private static final boolean NO_SENDS_FOR_VIEWS = false;
  private static final boolean ENCODERS_OF_CALLS = true;
  private static final int ADDRESS_BYTES = 20;

  public static void main(String[] args) throws Exception {
    // The generator remarks on standard output that overloaded functions share a constant.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    try (var artifacts = Files.newDirectoryStream(Path.of(args[0]), "*.json")) {
      for (var artifact : artifacts) {
        if (isStale(artifact, args)) {
          generate(artifact, args[1], args[2]);
        }
      }
    }
  }

  private static boolean isStale(Path artifact, String[] args) throws IOException {
    var binding = binding(artifact, args[1], args[2]);
    return !Files.exists(binding)
        || Files.getLastModifiedTime(binding).compareTo(Files.getLastModifiedTime(artifact)) < 0;
  }

  private static void generate(Path artifact, String folder, String javaPackage) throws Exception {
    var json = new JsonMapper();
    var tree = json.readTree(artifact.toFile());
    var abi = json.treeToValue(tree.get("abi"), AbiDefinition[].class);
    Files.createDirectories(Path.of(folder));
    new SolidityFunctionWrapper(
            NATIVE_JAVA_TYPES, NO_PRIMITIVES, NO_SENDS_FOR_VIEWS, ENCODERS_OF_CALLS, ADDRESS_BYTES)
        .generateJavaFiles(
            tree.get("contractName").asText(),
            tree.get("bytecode").asText(),
            Arrays.asList(abi),
            folder,
            javaPackage,
            null);
    finish(binding(artifact, folder, javaPackage), tree.get("deployedBytecode").asText());
  }

  /** Silences warnings, and adds the code as it stands on the chain. */
  private static void finish(Path binding, String runtime) throws IOException {
    var source = Files.readString(binding);
    Files.writeString(
        binding,
        source
            .replace("(\"rawtypes\")", "({\"rawtypes\", \"unchecked\"})")
            .replaceFirst(
                "    private static String librariesLinkedBinary;",
                "    public static final String RUNTIME = \"" + runtime + "\";\n\n$0"));
  }

  private static Path binding(Path artifact, String folder, String javaPackage) {
    var name = artifact.getFileName().toString().replace(".json", ".java");
    return Path.of(folder, javaPackage.replace('.', '/'), name);
  }
}
