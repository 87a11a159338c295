-- The mirror: what the chain and the documents say, ready to be asked. May be dropped at any time; replaying the events
-- gives the same rows. Facts are only ever added, each with its place on the chain: going back to a block means
-- forgetting what came after it, and what was true before is true again.

create table cursor (
    chain_id     bigint      primary key,
    block_number bigint      not null,
    block_hash   bytea       not null,
    block_time   timestamptz not null
);

-- The blocks that were read, as far back as a reorganisation is looked for.
create table block (
    chain_id bigint      not null,
    number   bigint      not null,
    hash     bytea       not null,
    parent   bytea       not null,
    primary key (chain_id, number)
);

-- Everything our contracts logged, also on forks that are gone: a node may not have them any more.
create table raw_log (
    chain_id     bigint  not null,
    block_number bigint  not null,
    block_hash   bytea   not null,
    log_index    integer not null,
    tx_hash      bytea   not null,
    address      bytea   not null,
    topics       bytea[] not null,
    data         bytea   not null,
    is_canonical boolean not null,
    primary key (chain_id, block_hash, log_index)
);

create index raw_log_place on raw_log (chain_id, block_number, log_index) where is_canonical;

-- Logs that bear the name of an event but cannot be read as one.
create table dead_event (
    chain_id     bigint  not null,
    block_number bigint  not null,
    log_index    integer not null,
    event        text    not null,
    reason       text    not null,
    primary key (chain_id, block_number, log_index)
);

create table listing (
    id           bigint      primary key,
    provider     text        not null,
    service      text        not null,
    kind         text        not null,
    block_number bigint      not null,
    log_index    integer     not null,
    unique (provider, service)
);

create table listing_owner (
    listing_id   bigint      not null,
    block_number bigint      not null,
    log_index    integer     not null,
    at           timestamptz not null,
    owner        bytea       not null,
    primary key (listing_id, block_number, log_index)
);

create table listing_status (
    listing_id   bigint      not null,
    block_number bigint      not null,
    log_index    integer     not null,
    at           timestamptz not null,
    status       text        not null,
    primary key (listing_id, block_number, log_index)
);

create table listing_version (
    listing_id   bigint      not null,
    block_number bigint      not null,
    log_index    integer     not null,
    at           timestamptz not null,
    version      integer     not null,
    -- As the contract took it, and the SHA-256 it names it by.
    cid          bytea       not null,
    sha256       bytea       not null,
    primary key (listing_id, block_number, log_index)
);

create table listing_offers (
    listing_id   bigint      not null,
    block_number bigint      not null,
    log_index    integer     not null,
    at           timestamptz not null,
    offers_root  bytea       not null,
    primary key (listing_id, block_number, log_index)
);

create table listing_splitter (
    listing_id   bigint      not null,
    block_number bigint      not null,
    log_index    integer     not null,
    at           timestamptz not null,
    splitter     bytea       not null,
    primary key (listing_id, block_number, log_index)
);

-- Documents are named by their content: no fork changes what they say.
create table document (
    type     text        not null check (type in ('MANIFEST', 'OFFERS')),
    cid      bytea       not null,
    sha256   bytea       not null,
    state    text        not null check (state in ('PENDING', 'VALID', 'INVALID')),
    reason   text        check ((state = 'INVALID') = (reason is not null)),
    body     text        check ((state = 'VALID') = (body is not null)),
    tries    integer     not null default 0,
    next_try timestamptz not null default now(),
    primary key (type, cid, sha256)
);

create index document_pending on document (next_try) where state = 'PENDING';

create view listing_now as
select l.id, l.provider, l.service, l.kind, o.owner, s.status, p.splitter,
       v.version, v.cid, v.sha256, v.at as published_at, f.offers_root,
       m.state as manifest_state, m.reason as manifest_reason, m.body as manifest,
       d.state as offers_state, d.reason as offers_reason, d.body as offers
from listing l
cross join lateral (select owner from listing_owner where listing_id = l.id
    order by block_number desc, log_index desc limit 1) o
cross join lateral (select status from listing_status where listing_id = l.id
    order by block_number desc, log_index desc limit 1) s
cross join lateral (select splitter from listing_splitter where listing_id = l.id
    order by block_number desc, log_index desc limit 1) p
cross join lateral (select version, cid, sha256, at from listing_version where listing_id = l.id
    order by block_number desc, log_index desc limit 1) v
cross join lateral (select offers_root from listing_offers where listing_id = l.id
    order by block_number desc, log_index desc limit 1) f
left join document m on m.type = 'MANIFEST' and m.cid = v.cid and m.sha256 = v.sha256
left join document d on d.type = 'OFFERS' and d.sha256 = f.offers_root;
