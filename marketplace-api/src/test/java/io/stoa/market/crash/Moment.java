package io.stoa.market.crash;

/** What happens again and again under load, so that something can break just then. */
enum Moment {
  /** A provider has a request. The claim or the reservation is in the till. */
  PROVIDER_ASKED,
  /** A provider gives its answer away. It is about to be kept, and charged. */
  PROVIDER_ANSWERED,
  /** A transaction is on its way to the chain. */
  TRANSACTION_SENT,
  /** A customer has its answer. */
  CUSTOMER_SERVED
}
