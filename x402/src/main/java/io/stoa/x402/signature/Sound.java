package io.stoa.x402.signature;

import io.stoa.domain.payment.SignedPayment;

/** A payment that keeps every rule that can be checked without the chain. */
public record Sound<T extends SignedPayment>(T payment, PayerSignature signature) {}
