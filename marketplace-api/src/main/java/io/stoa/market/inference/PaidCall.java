package io.stoa.market.inference;

import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/** A request that came with a payment, read completely, before anything was verified. */
record PaidCall(
    RoutingContext context,
    Target target,
    Sale sale,
    PaymentRequired required,
    PaymentPayload payload,
    Buffer body) {}
