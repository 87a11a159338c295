-- The till: what must not be lost about money. Every table starts with the key it would be sharded by.

-- One row per payer and token: orders that payer's claims, and knows what of the balance is spoken for.
create table payer (
    payer         bytea          not null,
    chain_id      bigint         not null,
    asset         bytea          not null,
    -- Sum of the undecided amounts.
    held          numeric(78, 0) not null check (held >= 0),
    -- Highest block in which one of them was decided: an older balance says nothing about them.
    decided_block bigint         not null,
    primary key (payer, chain_id, asset)
);

create table payment (
    payer           bytea          not null,
    -- SHA-256 of the chain's own nonce space (network, asset, payer, nonce): at most one row an authorization.
    id              bytea          not null,
    chain_id        bigint         not null,
    asset           bytea          not null,
    nonce           bytea          not null,
    pay_to          bytea          not null,
    amount          numeric(78, 0) not null,
    valid_after     numeric(78, 0) not null,
    valid_before    numeric(78, 0) not null,
    signature       bytea          not null,
    listing_id      bigint         not null,
    manifest_sha256 bytea          not null,
    offers_root     bytea          not null,
    request_method  text           not null,
    request_target  text           not null,
    request_body    bytea          not null,
    -- SHA-256 of the answer's body, once there is one.
    response_body   bytea,
    state           text           not null
        check (state in ('VERIFIED', 'RELEASED', 'SETTLING', 'UNKNOWN', 'SETTLED', 'VOID')),
    -- Rises with every claim: who holds an older one changes nothing.
    fence           integer        not null,
    attempts        integer        not null,
    search_from     bigint         not null,
    -- Until then somebody is at work on it; afterwards anyone may take it over.
    lease_until     timestamptz    not null,
    presented_at    timestamptz    not null,
    tx_hash         bytea,
    block_number    bigint,
    block_hash      bytea,
    void_reason     text,
    is_final        boolean        not null default false,
    primary key (payer, id),
    check ((state = 'SETTLED') = (tx_hash is not null)),
    check ((state = 'VOID') = (void_reason is not null)),
    check ((state in ('SETTLED', 'VOID')) = (block_hash is not null))
);

create index payment_by_id on payment (id);
create index payment_undecided on payment (lease_until) where state in ('VERIFIED', 'SETTLING', 'UNKNOWN');
create index payment_provisional on payment (block_number) where state in ('SETTLED', 'VOID') and not is_final;

-- What the provider answered, sealed with the node's key; written in the statement that moves a payment to SETTLING.
create table answer (
    payer      bytea       not null,
    id         bytea       not null,
    sealed     bytea       not null,
    expires_at timestamptz not null,
    primary key (payer, id)
);

create index answer_expiry on answer (expires_at);

create table receipt (
    payer     bytea       not null,
    id        bytea       not null,
    document  text        not null,
    issued_at timestamptz not null,
    primary key (payer, id)
);

create index receipt_by_id on receipt (id);

-- Every raw transaction of the node's own accounts, committed before it is broadcast. The row of an account is locked
-- while one of its nonces is given away.
create table sender (
    account bytea not null primary key
);

create table send (
    account    bytea       not null references sender,
    nonce      bigint      not null,
    purpose    text        not null,
    -- What used the nonce up: what was meant (MINED), an empty transfer in its place, or something unknown to us.
    ended      text        check (ended in ('MINED', 'CANCELLED', 'DISPLACED')),
    tx_hash    bytea,
    block_number bigint,
    block_hash bytea,
    succeeded  boolean,
    opened_at  timestamptz not null default now(),
    primary key (account, nonce)
);

create index send_by_purpose on send (purpose, opened_at);
create index send_open on send (account, nonce) where ended is null;

create table send_variant (
    account bytea   not null,
    nonce   bigint  not null,
    place   integer not null,
    raw     bytea   not null,
    primary key (account, nonce, place),
    unique (account, nonce, raw),
    foreign key (account, nonce) references send
);

-- Claims an authorization before its provider is asked, if the payer's balance at `balance_block` covers everything
-- of that payer that is still undecided. One round trip; the payer's row makes claims of one payer take turns, and
-- each statement below sees what the turn before committed.
create function claim(
    c_payer bytea, c_id bytea, c_chain_id bigint, c_asset bytea, c_nonce bytea, c_pay_to bytea, c_amount numeric,
    c_valid_after numeric, c_valid_before numeric, c_signature bytea,
    c_listing_id bigint, c_manifest_sha256 bytea, c_offers_root bytea,
    c_method text, c_target text, c_body bytea,
    c_balance numeric, c_balance_block bigint, c_search_from bigint, c_lease_ms bigint, c_max_attempts integer,
    out outcome text, out o_fence integer)
language plpgsql as $$
declare
    held_now    numeric;
    decided     bigint;
    known_state text;
    known_tries integer;
begin
    insert into till.payer values (c_payer, c_chain_id, c_asset, 0, 0) on conflict do nothing;
    select p.held, p.decided_block into strict held_now, decided from till.payer p
        where p.payer = c_payer and p.chain_id = c_chain_id and p.asset = c_asset for update;
    select p.state, p.attempts into known_state, known_tries from till.payment p
        where p.payer = c_payer and p.id = c_id;

    if known_state <> 'RELEASED' then
        outcome := 'TAKEN';
    elsif known_tries >= c_max_attempts then
        outcome := 'EXHAUSTED';
    elsif decided > c_balance_block then
        outcome := 'STALE';
    elsif held_now + c_amount > c_balance then
        outcome := 'OVERDRAWN';
    else
        outcome := 'CLAIMED';
        update till.payer p set held = p.held + c_amount
            where p.payer = c_payer and p.chain_id = c_chain_id and p.asset = c_asset;
        insert into till.payment as p (payer, id, chain_id, asset, nonce, pay_to, amount, valid_after, valid_before,
                signature, listing_id, manifest_sha256, offers_root, request_method, request_target, request_body,
                state, fence, attempts, search_from, lease_until, presented_at)
            values (c_payer, c_id, c_chain_id, c_asset, c_nonce, c_pay_to, c_amount, c_valid_after, c_valid_before,
                c_signature, c_listing_id, c_manifest_sha256, c_offers_root, c_method, c_target, c_body,
                'VERIFIED', 1, 1, c_search_from, now() + c_lease_ms * interval '1 millisecond', now())
            on conflict (payer, id) do update set state = 'VERIFIED', fence = p.fence + 1, attempts = p.attempts + 1,
                pay_to = excluded.pay_to, amount = excluded.amount, valid_after = excluded.valid_after,
                valid_before = excluded.valid_before, signature = excluded.signature,
                listing_id = excluded.listing_id, manifest_sha256 = excluded.manifest_sha256,
                offers_root = excluded.offers_root, request_method = excluded.request_method,
                request_target = excluded.request_target, request_body = excluded.request_body,
                lease_until = excluded.lease_until
            returning p.fence into o_fence;
    end if;
end
$$;
