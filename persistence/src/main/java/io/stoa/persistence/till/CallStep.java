package io.stoa.persistence.till;

/** What a turn of the till does about one call of a channel. */
sealed interface CallStep permits Reservation, Charge {}
