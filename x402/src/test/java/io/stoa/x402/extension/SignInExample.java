package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Eip191;
import io.stoa.crypto.SigningKey;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import java.time.Instant;
import java.util.function.Consumer;

/** Two good sign-ins, written and signed by the SIWE library that x402 clients use. */
public final class SignInExample {
  static final Instant ISSUED = Instant.parse("2026-05-04T03:02:01Z");

  static final String FULL_TEXT =
      """
      m.example wants you to sign in with your Ethereum account:
      0x90F79bf6EB2c4f870365E785982E1f101E93b906

      Sign in to use what you paid for.

      URI: https://m.example/v1/infer
      Version: 1
      Chain ID: 31337
      Nonce: 0123456789abcdef0123456789abcdef
      Issued At: 2026-05-04T03:02:01.000Z
      Expiration Time: 2026-05-04T03:07:01.000Z
      Not Before: 2026-05-04T03:02:00Z
      Request ID: req-7
      Resources:
      - https://m.example/v1/infer
      - ipfs://bafy/x""";

  static final String BARE_TEXT =
      """
      m.example wants you to sign in with your Ethereum account:
      0x90F79bf6EB2c4f870365E785982E1f101E93b906


      URI: https://m.example/v1/infer
      Version: 1
      Chain ID: 31337
      Nonce: 0123456789abcdef0123456789abcdef
      Issued At: 2026-05-04T03:02:01.000Z""";

  private SignInExample() {}

  public static ObjectNode full() {
    return bare()
        .put("statement", "Sign in to use what you paid for.")
        .put("expirationTime", "2026-05-04T03:07:01.000Z")
        .put("notBefore", "2026-05-04T03:02:00Z")
        .put("requestId", "req-7")
        .put(
            "signature",
            "0x20d63827790111673abba075299c19dc4b952a74d64790951d4012ed9cbb4cf1"
                + "497a8e8052321e019acd8108cbbd615109ed336eedc3006e96dc9021a094d8331c")
        .<ObjectNode>set(
            "resources",
            Example.object("{'it':['https://m.example/v1/infer','ipfs://bafy/x']}").get("it"));
  }

  static ObjectNode bare() {
    return Example.object(
        """
        {'domain':'m.example','address':'0x90F79bf6EB2c4f870365E785982E1f101E93b906',
         'uri':'https://m.example/v1/infer','version':'1','chainId':'eip155:31337',
         'type':'eip191','nonce':'0123456789abcdef0123456789abcdef',
         'issuedAt':'2026-05-04T03:02:01.000Z','signatureScheme':'eip191',
         'signature':'0x22b3f601c1e59bd7e3c6e9e7466468b7beeadcdf220c5541e8c14e455ac4154509329f5ed871600171b345a3d5d30bd177382a2f8d172bbda64170caa449362a1b'}
        """);
  }

  /** The full one with a change, signed anew by its wallet. */
  static SignIn signed(Consumer<ObjectNode> change) throws MalformedPayment {
    return signed(Example.PAYER, change);
  }

  static SignIn signed(SigningKey key, Consumer<ObjectNode> change) throws MalformedPayment {
    var message = full();
    change.accept(message);
    var digest = Eip191.digest(read(message).text());
    return read(message.put("signature", key.sign(digest).toString()));
  }

  static SignIn read(ObjectNode message) throws MalformedPayment {
    return SignIn.read(Example.header(message));
  }
}
