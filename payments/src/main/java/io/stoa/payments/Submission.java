package io.stoa.payments;

import io.stoa.chain.send.TransactionRequest;
import io.stoa.chain.send.TransactionSender;

/** A transaction that would settle a payment, and the account of ours that may send it. */
record Submission(TransactionSender sender, TransactionRequest request) {}
