package io.stoa.crypto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.stoa.domain.Bytes32;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * Signatures with their parity from Bitcoin Core's library, whose Java binding leaves the parity
 * out: to learn it by recovering the signer costs twice as much as to sign. Needs the library to be
 * loaded; fails with an {@link UnsatisfiedLinkError} where it does not export what is called here.
 *
 * @see <a
 *     href="https://github.com/bitcoin-core/secp256k1/blob/master/include/secp256k1_recovery.h">secp256k1_recovery.h</a>
 */
final class RecoverableSigning {
  /** SECP256K1_CONTEXT_NONE: enough for signing. */
  private static final int ANY_PURPOSE = 1;

  /** Of secp256k1_ecdsa_recoverable_signature, whose content is the library's own. */
  private static final int OPAQUE_LENGTH = 65;

  private final MethodHandle sign =
      function(
          "secp256k1_ecdsa_sign_recoverable",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS),
          Linker.Option.critical(true));
  private final MethodHandle serialize =
      function(
          "secp256k1_ecdsa_recoverable_signature_serialize_compact",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS),
          Linker.Option.critical(true));

  /** Threads may share it for signing. */
  private final MemorySegment context = createContext();

  /** Fails with an {@link IllegalArgumentException} when the secret is not a private key. */
  Signature sign(Bytes32 digest, Bytes32 secret) {
    var opaque = MemorySegment.ofArray(new byte[OPAQUE_LENGTH]);
    var rs = new byte[64];
    var parity = new int[1];
    boolean isSigned;
    try {
      isSigned =
          (int)
                      sign.invokeExact(
                          context,
                          opaque,
                          MemorySegment.ofArray(digest.toBytes()),
                          MemorySegment.ofArray(secret.toBytes()),
                          MemorySegment.NULL,
                          MemorySegment.NULL)
                  == 1
              && (int)
                      serialize.invokeExact(
                          context, MemorySegment.ofArray(rs), MemorySegment.ofArray(parity), opaque)
                  == 1;
    } catch (Throwable impossible) {
      throw new LinkageError("a native function threw", impossible);
    }
    if (!isSigned) {
      throw new IllegalArgumentException("not a private key");
    }
    return Signature.of(rs, parity[0]);
  }

  private static MemorySegment createContext() {
    var create = function("secp256k1_context_create", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    try {
      return (MemorySegment) create.invokeExact(ANY_PURPOSE);
    } catch (Throwable impossible) {
      throw new LinkageError("a native function threw", impossible);
    }
  }

  @SuppressWarnings("restricted") // the signatures are those of the header file
  private static MethodHandle function(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    var address =
        SymbolLookup.loaderLookup()
            .find(name)
            .orElseThrow(() -> new UnsatisfiedLinkError("no function " + name));
    return Linker.nativeLinker().downcallHandle(address, signature, options);
  }
}
