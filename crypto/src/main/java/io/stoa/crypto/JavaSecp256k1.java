package io.stoa.crypto;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** BouncyCastle, for machines the native library does not know. */
final class JavaSecp256k1 implements Secp256k1 {
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
  private static final ECDomainParameters DOMAIN =
      new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());
  private static final BigInteger N = CURVE.getN();

  @Override
  public Optional<Address> recover(Bytes32 digest, Signature signature) {
    var rs = signature.rs();
    var r = new BigInteger(1, Arrays.copyOfRange(rs, 0, 32));
    var s = new BigInteger(1, Arrays.copyOfRange(rs, 32, 64));
    var compressed = Arrays.copyOf(new byte[] {(byte) (2 + signature.parity())}, 33);
    System.arraycopy(rs, 0, compressed, 1, 32);
    ECPoint point;
    try {
      point = CURVE.getCurve().decodePoint(compressed);
    } catch (IllegalArgumentException notOnTheCurve) {
      return Optional.empty();
    }
    // SEC 1 section 4.1.6: Q = r⁻¹ (s R − e G)
    var inverse = r.modInverse(N);
    var e = digest.toUnsigned();
    var key =
        ECAlgorithms.sumOfTwoMultiplies(
                CURVE.getG(),
                e.negate().multiply(inverse).mod(N),
                point,
                s.multiply(inverse).mod(N))
            .normalize();
    return key.isInfinity()
        ? Optional.empty()
        : Optional.of(Secp256k1.address(key.getEncoded(false)));
  }

  @Override
  public Signature sign(Bytes32 digest, Bytes32 secret) {
    var signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(scalar(secret), DOMAIN));
    var rs = signer.generateSignature(digest.toBytes());
    var s = rs[1].compareTo(N.shiftRight(1)) > 0 ? N.subtract(rs[1]) : rs[1];
    var bytes = Arrays.copyOf(Bytes32.of(rs[0]).toBytes(), 64);
    System.arraycopy(Bytes32.of(s).toBytes(), 0, bytes, 32, 32);
    var even = Signature.of(bytes, 0);
    var account = address(secret);
    return recover(digest, even).filter(account::equals).isPresent()
        ? even
        : Signature.of(bytes, 1);
  }

  @Override
  public Address address(Bytes32 secret) {
    var point = new FixedPointCombMultiplier().multiply(CURVE.getG(), scalar(secret)).normalize();
    return Secp256k1.address(point.getEncoded(false));
  }

  private static BigInteger scalar(Bytes32 secret) {
    var scalar = secret.toUnsigned();
    if (scalar.signum() == 0 || scalar.compareTo(N) >= 0) {
      throw new IllegalArgumentException("not a private key");
    }
    return scalar;
  }
}
