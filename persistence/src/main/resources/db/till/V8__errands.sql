-- Payments that somebody else's server asks to have settled: they are for no call of a listing, and have no answer here.

alter table payment
    alter column listing_id drop not null,
    alter column manifest_sha256 drop not null,
    alter column offers_root drop not null,
    alter column request_method drop not null,
    alter column request_target drop not null,
    alter column request_body drop not null,
    add check (num_nulls(listing_id, manifest_sha256, offers_root, request_method, request_target, request_body)
        in (0, 6)),
    add check (listing_id is not null or response_body is null);
