package io.stoa.market.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.extension.SignIn;
import io.stoa.x402.permit2.Permit2;
import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Good payments of every kind for one metered call, each of a wallet of its own. */
final class Specimens {
  static final String REQUEST = "{\"max_tokens\":50}";

  private static final String PAYMENT = "PAYMENT-SIGNATURE";
  private static final Bytes32 TRANSFER =
      Keccak.hash(
          "TransferWithAuthorization(address from,address to,uint256 value,"
              + "uint256 validAfter,uint256 validBefore,bytes32 nonce)");
  private static final Bytes32 RECEIVE =
      Keccak.hash(
          "ReceiveWithAuthorization(address from,address to,uint256 value,"
              + "uint256 validAfter,uint256 validBefore,bytes32 nonce)");
  private static final Bytes32 VOUCHER =
      Keccak.hash("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");
  private static final Bytes32 APPROVAL =
      Keccak.hash(
          "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
  private static final String PERMISSIONS = "TokenPermissions(address token,uint256 amount)";
  private static final String WITNESS =
      "Witness(address to,address facilitator,uint256 validAfter)";
  private static final Bytes32 PERMIT =
      Keccak.hash(
          "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,"
              + "uint256 deadline,Witness witness)"
              + PERMISSIONS
              + WITNESS);

  private final Shop shop;
  private final JsonNode terms;
  private final ChainId chain;
  private final Address token;

  private Specimens(Shop shop) {
    this.shop = shop;
    this.terms =
        shop.ask(REQUEST)
            .headers()
            .firstValue("PAYMENT-REQUIRED")
            .map(DraftPayment::decode)
            .orElseThrow();
    this.chain = shop.market.surroundings().contracts().chain();
    this.token = shop.market.surroundings().contracts().usdCoin();
  }

  static List<Specimen> of(Shop shop) {
    var all = new Specimens(shop);
    return List.of(
        all.exact(),
        all.upto(),
        all.voucher(),
        all.voucherWithHeadroom(),
        all.deposit(),
        all.refund(),
        all.versionOne(),
        all.signIn(),
        all.question("/x402/verify"),
        all.question("/x402/settle"));
  }

  private Specimen exact() {
    var wallet = shop.buyerWith(10_000);
    var message = new DraftPayment(wallet, terms).signed().message();
    message
        .putObject("extensions")
        .putObject("payment-identifier")
        .putObject("info")
        .put("required", false)
        .put("id", "fuzz-" + System.nanoTime() + "-call");
    var bound = accepted(message);
    transfer("/payload", bound);
    bound.put("/extensions/payment-identifier/info/required", Reading.OPTIONAL_ECHO);
    bound.put("/extensions/payment-identifier/info/id", Reading.NAME);
    return header(
        "exact",
        PAYMENT,
        message,
        bound,
        Map.of("/payload/signature", transfer(wallet, message.at("/payload"))));
  }

  private Specimen versionOne() {
    var wallet = shop.buyerWith(10_000);
    var message =
        DraftPayment.JSON
            .createObjectNode()
            .put("x402Version", 1)
            .put("scheme", "exact")
            .put("network", "base-sepolia");
    message.set("payload", new DraftPayment(wallet, terms).signed().message().path("payload"));
    var bound = new LinkedHashMap<String, Reading>();
    bound.put("/x402Version", Reading.WHOLE);
    bound.put("/scheme", Reading.TEXT);
    bound.put("/network", Reading.TEXT);
    transfer("/payload", bound);
    return header(
        "version 1",
        "X-PAYMENT",
        message,
        bound,
        Map.of("/payload/signature", transfer(wallet, message.at("/payload"))));
  }

  /** A question to the facilitator: of what the buyer says it chose, only the kind counts. */
  private Specimen question(String path) {
    var wallet = shop.buyerWith(10_000);
    var payment = new DraftPayment(wallet, terms).signed().message();
    var message = DraftPayment.JSON.createObjectNode().put("x402Version", 2);
    message.set("paymentPayload", payment);
    message.set("paymentRequirements", payment.path("accepted").deepCopy());
    var bound = new LinkedHashMap<String, Reading>();
    bound.put("/x402Version", Reading.WHOLE);
    bound.put("/paymentPayload/x402Version", Reading.WHOLE);
    bound.put("/paymentPayload/accepted/scheme", Reading.TEXT);
    bound.put("/paymentPayload/accepted/network", Reading.TEXT);
    transfer("/paymentPayload/payload", bound);
    bound.put("/paymentRequirements/scheme", Reading.TEXT);
    bound.put("/paymentRequirements/network", Reading.TEXT);
    bound.put("/paymentRequirements/amount", Reading.DECIMAL);
    bound.put("/paymentRequirements/asset", Reading.HEX);
    bound.put("/paymentRequirements/payTo", Reading.HEX);
    bound.put("/paymentRequirements/extra/name", Reading.TEXT);
    bound.put("/paymentRequirements/extra/version", Reading.TEXT);
    return new Specimen(
        path,
        "",
        path,
        message,
        bound,
        Map.of("/paymentPayload/payload/signature", transfer(wallet, payment.at("/payload"))));
  }

  private Specimen upto() {
    var wallet = shop.buyerWith(10_000);
    var message = new DraftPermit(wallet, terms).approving().message();
    var bound = accepted(message);
    bound.put("/payload/signature", Reading.HEX);
    var permit = "/payload/permit2Authorization";
    bound.put(permit + "/from", Reading.HEX);
    bound.put(permit + "/spender", Reading.HEX);
    bound.put(permit + "/nonce", Reading.DECIMAL_OR_HEX);
    bound.put(permit + "/deadline", Reading.DECIMAL);
    bound.put(permit + "/permitted/token", Reading.HEX);
    bound.put(permit + "/permitted/amount", Reading.DECIMAL);
    bound.put(permit + "/witness/to", Reading.HEX);
    bound.put(permit + "/witness/facilitator", Reading.HEX);
    bound.put(permit + "/witness/validAfter", Reading.DECIMAL);
    // The token counts its nonces itself: what is said of it beside the signature is not used.
    var approval = "/extensions/eip2612GasSponsoring/info";
    bound.put(approval + "/from", Reading.HEX);
    bound.put(approval + "/asset", Reading.HEX);
    bound.put(approval + "/spender", Reading.HEX);
    bound.put(approval + "/amount", Reading.DECIMAL);
    bound.put(approval + "/deadline", Reading.DECIMAL);
    bound.put(approval + "/signature", Reading.HEX);
    bound.put(approval + "/version", Reading.TEXT);
    return header(
        "upto",
        PAYMENT,
        message,
        bound,
        Map.of(
            "/payload/signature",
            permit(wallet, message.at(permit)),
            approval + "/signature",
            approval(wallet, message.at(approval))));
  }

  private Specimen voucher() {
    var wallet = known(ChannelWallet.with(shop, 20_000));
    return channel("voucher", wallet, plain(wallet.sign(REQUEST).header()));
  }

  private Specimen voucherWithHeadroom() {
    var wallet = known(ChannelWallet.withHeadroom(shop, 20_000, 7_000));
    var message = message(wallet.sign(REQUEST).header());
    ((ObjectNode) message.path("extensions"))
        .retain(List.of("channel-headroom", "payment-identifier"));
    var specimen = channel("voucher with headroom", wallet, message);
    var bound = new LinkedHashMap<>(specimen.bound());
    bound.put("/extensions/channel-headroom/info/version", Reading.TEXT);
    bound.put("/extensions/payment-identifier/info/required", Reading.OPTIONAL_ECHO);
    bound.put("/extensions/payment-identifier/info/id", Reading.NAME);
    return header(specimen.name(), PAYMENT, message, bound, specimen.signings());
  }

  private Specimen deposit() {
    var wallet = new ChannelWallet(shop, shop.buyerWith(1_000_000), 0);
    var specimen = channel("deposit", wallet, plain(wallet.sign(REQUEST).header()));
    var bound = new LinkedHashMap<>(specimen.bound());
    var authorization = "/payload/deposit/authorization/erc3009Authorization";
    bound.put("/payload/deposit/amount", Reading.DECIMAL);
    bound.put(authorization + "/validAfter", Reading.DECIMAL);
    bound.put(authorization + "/validBefore", Reading.DECIMAL);
    bound.put(authorization + "/salt", Reading.DECIMAL_OR_HEX);
    bound.put(authorization + "/signature", Reading.HEX);
    var signings = new LinkedHashMap<>(specimen.signings());
    signings.put(authorization + "/signature", deposit(wallet, specimen.message(), authorization));
    return header(specimen.name(), PAYMENT, specimen.message(), bound, signings);
  }

  private Specimen refund() {
    var wallet = known(ChannelWallet.with(shop, 20_000));
    var required = wallet.terms(REQUEST);
    var asked =
        wallet
            .buyer
            .refund(wallet.channel, required, wallet.chosen(required), Optional.empty())
            .orElseThrow();
    return channel("refund", wallet, plain(asked.header()));
  }

  /** Pays a call, so that the till has heard of the channel. */
  private static ChannelWallet known(ChannelWallet wallet) {
    if (wallet.call(REQUEST).statusCode() != 200) {
      throw new AssertionError("a good voucher was refused");
    }
    return wallet;
  }

  /** Of a wallet that paid for the call before. */
  private Specimen signIn() {
    var wallet = shop.buyerWith(10_000);
    if (shop.pay(new DraftPayment(wallet, terms).signed().header(), REQUEST).statusCode() != 200) {
      throw new AssertionError("a good payment was refused");
    }
    var info = (ObjectNode) terms.at("/extensions/sign-in-with-x/info").deepCopy();
    var unsigned =
        new SignIn(
            info.path("domain").asText(),
            wallet.address(),
            Optional.of(info.path("statement").asText()),
            info.path("uri").asText(),
            chain,
            info.path("nonce").asText(),
            time(info, "issuedAt"),
            Optional.of(time(info, "expirationTime")),
            Optional.empty(),
            Optional.empty(),
            List.of(info.at("/resources/0").asText()),
            Bytes.EMPTY);
    info.put("address", wallet.address().toString())
        .put("chainId", chain.toString())
        .put("type", "eip191")
        .put("signature", wallet.sign(unsigned.digest()).toString());
    var bound = new LinkedHashMap<String, Reading>();
    for (var line :
        List.of(
            "domain",
            "statement",
            "uri",
            "version",
            "chainId",
            "nonce",
            "issuedAt",
            "expirationTime",
            "type",
            "resources/0")) {
      bound.put("/" + line, Reading.TEXT);
    }
    bound.put("/address", Reading.HEX);
    bound.put("/signature", Reading.HEX);
    return header("sign-in", "SIGN-IN-WITH-X", info, bound, Map.of());
  }

  private Specimen header(
      String name,
      String carrier,
      ObjectNode message,
      Map<String, Reading> bound,
      Map<String, Signing> signings) {
    return new Specimen(name, carrier, shop.path(), message, bound, signings);
  }

  private Specimen channel(String name, ChannelWallet wallet, ObjectNode message) {
    var bound = accepted(message);
    bound.put("/payload/type", Reading.TEXT);
    for (var address :
        List.of("payer", "payerAuthorizer", "receiver", "receiverAuthorizer", "token", "salt")) {
      bound.put("/payload/channelConfig/" + address, Reading.HEX);
    }
    bound.put("/payload/channelConfig/withdrawDelay", Reading.WHOLE);
    bound.put("/payload/voucher/channelId", Reading.HEX);
    bound.put("/payload/voucher/maxClaimableAmount", Reading.DECIMAL);
    bound.put("/payload/voucher/signature", Reading.HEX);
    var voucher =
        new Signing(
            wallet.key,
            channels(chain, ChannelContracts.CHANNELS),
            List.of(channels(new ChainId(1), ChannelContracts.CHANNELS), channels(chain, token)),
            VOUCHER,
            List.of(
                Bytes32.parse(message.at("/payload/voucher/channelId").asText()),
                number(message, "/payload/voucher/maxClaimableAmount")));
    return header(name, PAYMENT, message, bound, Map.of("/payload/voucher/signature", voucher));
  }

  /** The option must be repeated as it was. */
  private static Map<String, Reading> accepted(ObjectNode message) {
    var bound = new LinkedHashMap<String, Reading>();
    bound.put("/x402Version", Reading.WHOLE);
    if (message.has("resource")) {
      bound.put("/resource/url", Reading.OPTIONAL_ECHO);
    }
    bound.put("/accepted/scheme", Reading.TEXT);
    bound.put("/accepted/network", Reading.TEXT);
    bound.put("/accepted/amount", Reading.DECIMAL);
    bound.put("/accepted/asset", Reading.HEX);
    bound.put("/accepted/payTo", Reading.HEX);
    bound.put("/accepted/maxTimeoutSeconds", Reading.WHOLE);
    message
        .at("/accepted/extra")
        .fieldNames()
        .forEachRemaining(key -> bound.put("/accepted/extra/" + key, Reading.ECHO));
    return bound;
  }

  private static void transfer(String payload, Map<String, Reading> bound) {
    bound.put(payload + "/signature", Reading.HEX);
    bound.put(payload + "/authorization/from", Reading.HEX);
    bound.put(payload + "/authorization/to", Reading.HEX);
    bound.put(payload + "/authorization/value", Reading.DECIMAL);
    bound.put(payload + "/authorization/validAfter", Reading.DECIMAL);
    bound.put(payload + "/authorization/validBefore", Reading.DECIMAL);
    bound.put(payload + "/authorization/nonce", Reading.HEX);
  }

  private Signing transfer(SigningKey wallet, JsonNode payload) {
    return new Signing(
        wallet,
        dollars("USD Coin", "2", chain, token),
        otherDollars(),
        TRANSFER,
        List.of(
            address(payload, "/authorization/from"),
            address(payload, "/authorization/to"),
            number(payload, "/authorization/value"),
            number(payload, "/authorization/validAfter"),
            number(payload, "/authorization/validBefore"),
            Bytes32.parse(payload.at("/authorization/nonce").asText())));
  }

  private Signing deposit(ChannelWallet wallet, ObjectNode message, String authorization) {
    var nonce =
        Keccak.hash(
            Abi.encode(
                wallet.channel.id().value(),
                Bytes32.parse(message.at(authorization + "/salt").asText())));
    return new Signing(
        wallet.key,
        dollars("USD Coin", "2", chain, token),
        otherDollars(),
        RECEIVE,
        List.of(
            Abi.word(wallet.key.address()),
            Abi.word(ChannelContracts.ERC3009_COLLECTOR),
            number(message, "/payload/deposit/amount"),
            number(message, authorization + "/validAfter"),
            number(message, authorization + "/validBefore"),
            nonce));
  }

  private Signing permit(SigningKey wallet, JsonNode permit) {
    return new Signing(
        wallet,
        new Eip712.Domain("Permit2", null, chain, Permit2.CONTRACT).separator(),
        List.of(
            new Eip712.Domain("Permit2", null, new ChainId(1), Permit2.CONTRACT).separator(),
            new Eip712.Domain("Permit2", null, chain, token).separator(),
            new Eip712.Domain("Permit2", "1", chain, Permit2.CONTRACT).separator()),
        PERMIT,
        List.of(
            Eip712.hashStruct(
                Keccak.hash(PERMISSIONS),
                address(permit, "/permitted/token"),
                number(permit, "/permitted/amount")),
            address(permit, "/spender"),
            number(permit, "/nonce"),
            number(permit, "/deadline"),
            Eip712.hashStruct(
                Keccak.hash(WITNESS),
                address(permit, "/witness/to"),
                address(permit, "/witness/facilitator"),
                number(permit, "/witness/validAfter"))));
  }

  private Signing approval(SigningKey wallet, JsonNode info) {
    return new Signing(
        wallet,
        dollars("USD Coin", "2", chain, token),
        otherDollars(),
        APPROVAL,
        List.of(
            address(info, "/from"),
            address(info, "/spender"),
            number(info, "/amount"),
            number(info, "/nonce"),
            number(info, "/deadline")));
  }

  private List<Bytes32> otherDollars() {
    return List.of(
        dollars("USD Coin", "2", new ChainId(1), token),
        dollars("USD Coin", "2", chain, ChannelContracts.ERC3009_COLLECTOR),
        dollars("USDC", "2", chain, token),
        dollars("USD Coin", "1", chain, token));
  }

  private static Bytes32 dollars(String name, String version, ChainId chain, Address token) {
    return new Eip712.Domain(name, version, chain, token).separator();
  }

  private static Bytes32 channels(ChainId chain, Address contract) {
    return new Eip712.Domain("x402 Batch Settlement", "1", chain, contract).separator();
  }

  private static Bytes32 address(JsonNode node, String pointer) {
    return Abi.word(Address.parse(node.at(pointer).asText()));
  }

  private static Bytes32 number(JsonNode node, String pointer) {
    return Abi.word(new BigInteger(node.at(pointer).asText()));
  }

  private static SignIn.Time time(ObjectNode info, String name) {
    var text = info.path(name).asText();
    return new SignIn.Time(text, Instant.parse(text));
  }

  private static ObjectNode message(String header) {
    return (ObjectNode) DraftPayment.decode(header);
  }

  /** Without echoes, which nobody needs to send. */
  private static ObjectNode plain(String header) {
    var message = message(header);
    message.remove("extensions");
    return message;
  }
}
