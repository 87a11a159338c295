-- The mirror: what the chain and the documents say, ready to be asked. May be dropped at any time; replaying the events
-- gives the same rows. Facts are only ever added, each with its place on the chain: going back to a block means
-- forgetting what came after it, and what was true before is true again.

create table chain_cursor (
    chain_id     bigint primary key,
    -- Whose events these are: those of another registry make another mirror.
    registry     bytea  not null,
    -- The last block whose events are here; null before the first.
    block_number bigint,
    block_hash   bytea,
    block_time   timestamptz
);

-- The blocks that were read, as far back as a reorganisation is looked for.
create table block (
    chain_id bigint not null,
    number   bigint not null,
    hash     bytea  not null,
    parent   bytea  not null,
    primary key (chain_id, number)
);

-- Everything the registry logged, also on forks that are gone: a node may not have them any more.
create table raw_log (
    chain_id     bigint  not null,
    block_hash   bytea   not null,
    log_index    integer not null,
    block_number bigint  not null,
    tx_hash      bytea   not null,
    address      bytea   not null,
    topic0       bytea,
    topic1       bytea,
    topic2       bytea,
    topic3       bytea,
    data         bytea   not null,
    -- Whether its block is on the fork that the mirror shows.
    is_canonical boolean not null default true,
    primary key (chain_id, block_hash, log_index)
);

create index raw_log_place on raw_log (chain_id, block_number, log_index);

-- Logs of the registry that cannot be read as one of its events.
create table dead_event (
    chain_id     bigint  not null,
    block_number bigint  not null,
    log_index    integer not null,
    event        text    not null,
    reason       text    not null,
    primary key (chain_id, block_number, log_index)
);

create table listing (
    chain_id     bigint  not null,
    id           bigint  not null,
    provider     text    not null,
    service      text    not null,
    kind         text    not null,
    block_number bigint  not null,
    log_index    integer not null,
    primary key (chain_id, id),
    unique (chain_id, provider, service)
);

create table listing_owner (
    chain_id     bigint      not null,
    listing_id   bigint      not null,
    block_number bigint      not null,
    log_index    integer     not null,
    at           timestamptz not null,
    owner        bytea       not null,
    primary key (chain_id, listing_id, block_number, log_index)
);

create table listing_status (
    chain_id     bigint      not null,
    listing_id   bigint      not null,
    block_number bigint      not null,
    log_index    integer     not null,
    at           timestamptz not null,
    status       text        not null,
    primary key (chain_id, listing_id, block_number, log_index)
);

create table listing_version (
    chain_id     bigint      not null,
    listing_id   bigint      not null,
    block_number bigint      not null,
    log_index    integer     not null,
    at           timestamptz not null,
    version      integer     not null,
    -- As the contract took it, readable or not, and the SHA-256 it names the manifest by.
    cid          bytea       not null,
    sha256       bytea       not null,
    primary key (chain_id, listing_id, block_number, log_index)
);

create table listing_offers (
    chain_id     bigint      not null,
    listing_id   bigint      not null,
    block_number bigint      not null,
    log_index    integer     not null,
    at           timestamptz not null,
    offers_root  bytea       not null,
    primary key (chain_id, listing_id, block_number, log_index)
);

create table listing_splitter (
    chain_id     bigint      not null,
    listing_id   bigint      not null,
    block_number bigint      not null,
    log_index    integer     not null,
    at           timestamptz not null,
    splitter     bytea       not null,
    primary key (chain_id, listing_id, block_number, log_index)
);

-- For going back, which asks by block alone.
create index listing_block on listing (chain_id, block_number);
create index listing_owner_block on listing_owner (chain_id, block_number);
create index listing_status_block on listing_status (chain_id, block_number);
create index listing_version_block on listing_version (chain_id, block_number);
create index listing_offers_block on listing_offers (chain_id, block_number);
create index listing_splitter_block on listing_splitter (chain_id, block_number);

-- For terms that changed lately.
create index listing_status_at on listing_status (chain_id, at);
create index listing_version_at on listing_version (chain_id, at);
create index listing_offers_at on listing_offers (chain_id, at);
create index listing_splitter_at on listing_splitter (chain_id, at);

-- Documents are named by their content: no fork changes what they say. What is valid on one chain, though, may not be
-- on another: prices are in tokens of the listing's own chain.
create table document (
    chain_id bigint      not null,
    type     text        not null check (type in ('MANIFEST', 'OFFERS')),
    cid      bytea       not null,
    sha256   bytea       not null,
    state    text        not null check (state in ('PENDING', 'VALID', 'INVALID')),
    reason   text        check ((state = 'INVALID') = (reason is not null)),
    -- Holds no text that PostgreSQL's JSON functions refuse: who writes it checks that.
    body     text        check ((state = 'VALID') = (body is not null)),
    kind     text        generated always as (body::json ->> 'kind') stored,
    words    text        generated always as (
        lower((body::json ->> 'title') || ' ' || coalesce(body::json ->> 'description', ''))) stored,
    seen_at  timestamptz not null default now(),
    next_try timestamptz not null default now(),
    primary key (chain_id, type, cid, sha256)
);

create index document_pending on document (chain_id, next_try) where state = 'PENDING';

-- What is true of every listing now, and what became of its documents.
create view listing_now as
select l.chain_id, l.id, l.provider, l.service, l.kind, o.owner, s.status, p.splitter,
    v.version, v.cid, v.sha256, v.at as published_at, f.offers_root,
    l.provider || '/' || l.service || ' ' || coalesce(m.words, '') as words,
    m.body as manifest, d.body as offers,
    -- Null unless a document breaks a rule.
    case
        when m.state = 'INVALID' then 'Manifest: ' || m.reason
        when m.kind <> l.kind then 'Manifest: /kind: it says ' || m.kind || ', the listing was published as ' || l.kind
        when d.state = 'INVALID' then 'Offers: ' || d.reason
    end as fault,
    coalesce(s.status = 'ACTIVE' and m.kind = l.kind and d.state = 'VALID', false) as is_for_sale
from listing l
cross join lateral (select owner from listing_owner where chain_id = l.chain_id and listing_id = l.id
    order by block_number desc, log_index desc limit 1) o
cross join lateral (select status from listing_status where chain_id = l.chain_id and listing_id = l.id
    order by block_number desc, log_index desc limit 1) s
cross join lateral (select splitter from listing_splitter where chain_id = l.chain_id and listing_id = l.id
    order by block_number desc, log_index desc limit 1) p
cross join lateral (select version, cid, sha256, at from listing_version where chain_id = l.chain_id and listing_id = l.id
    order by block_number desc, log_index desc limit 1) v
cross join lateral (select offers_root from listing_offers where chain_id = l.chain_id and listing_id = l.id
    order by block_number desc, log_index desc limit 1) f
left join document m
    on m.chain_id = l.chain_id and m.type = 'MANIFEST' and m.cid = v.cid and m.sha256 = v.sha256
left join document d
    on d.chain_id = l.chain_id and d.type = 'OFFERS' and d.cid = '\x01551220' || f.offers_root and d.sha256 = f.offers_root;
