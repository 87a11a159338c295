-- An index takes no value of more than 2,704 bytes, and the transactions of many payments at once are longer.
alter table send_variant drop constraint send_variant_account_nonce_raw_key;
create unique index send_variant_once on send_variant (account, nonce, sha256(raw));
