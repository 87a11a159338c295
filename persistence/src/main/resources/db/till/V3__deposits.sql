-- Money on its way into payment channels and out of them, and whose turn it is to claim.

-- Deposits that the node sends for their payers. While one is open its amount is held of the payer's balance, as that of
-- an undecided payment is.
create table deposit (
    payer               bytea          not null,
    -- SHA-256 of the chain's own nonce space, as in `payment`: at most one row an authorization.
    id                  bytea          not null,
    chain_id            bigint         not null,
    asset               bytea          not null,
    method              text           not null check (method in ('EIP3009', 'PERMIT2')),
    nonce               bytea          not null,
    channel_id          bytea          not null,
    payer_authorizer    bytea          not null,
    receiver            bytea          not null,
    receiver_authorizer bytea          not null,
    withdraw_delay      integer        not null,
    salt                bytea          not null,
    amount              numeric(39, 0) not null check (amount > 0),
    -- Unix seconds: no block of this time or later can hold it.
    deadline            numeric(78, 0) not null,
    search_from         bigint         not null,
    state               text           not null check (state in ('OPEN', 'MINED', 'VOID')),
    -- Until then somebody is at work on it; afterwards anyone may take it over.
    lease_until         timestamptz    not null,
    presented_at        timestamptz    not null,
    tx_hash             bytea,
    block_number        bigint,
    block_hash          bytea,
    void_reason         text,
    is_final            boolean        not null default false,
    primary key (payer, id),
    check ((state = 'MINED') = (tx_hash is not null)),
    check ((state = 'VOID') = (void_reason is not null)),
    check ((state = 'OPEN') = (block_hash is null)),
    check ((block_hash is null) = (block_number is null))
);

create index deposit_by_id on deposit (id);
create index deposit_open on deposit (lease_until) where state = 'OPEN';
create index deposit_provisional on deposit (block_number) where state = 'MINED' and not is_final;
create index deposit_by_transaction on deposit (channel_id, tx_hash) where state = 'MINED';

-- Refunds that the node signed, each under the reservation that keeps its channel. Once there is a row the reservation
-- has no end but the refund's: the signature may be used by anyone until the channel's nonce has risen.
create table refund (
    channel_id   bytea          not null,
    fence        bigint         not null,
    -- How many refunds the channel had before.
    nonce        numeric(78, 0) not null,
    call_id      text,
    amount       numeric(39, 0) not null check (amount > 0),
    -- The first block that can hold it.
    search_from  bigint         not null,
    state        text           not null check (state in ('OPEN', 'DONE', 'VOID')),
    lease_until  timestamptz    not null,
    opened_at    timestamptz    not null,
    tx_hash      bytea,
    block_number bigint,
    block_hash   bytea,
    -- What went back: less than was signed when the payer took some of it out meanwhile.
    returned     numeric(39, 0),
    primary key (channel_id, fence),
    check ((state = 'DONE') = (tx_hash is not null)),
    check ((tx_hash is null) = (block_hash is null)),
    check ((tx_hash is null) = (block_number is null)),
    check ((tx_hash is null) = (returned is null))
);

create unique index refund_open on refund (channel_id) where state = 'OPEN';
create index refund_lease on refund (lease_until) where state = 'OPEN';
create index refund_call on refund (channel_id, call_id) where call_id is not null;

-- Whose turn it is to claim for an authorizer's receivers: two claims of the same vouchers would pay for gas twice.
create table claim_turn (
    chain_id    bigint      not null,
    asset       bytea       not null,
    authorizer  bytea       not null,
    -- Rises with every turn.
    fence       bigint      not null,
    lease_until timestamptz not null,
    primary key (chain_id, asset, authorizer)
);

-- For whoever looks after channels that owe something: the longest unseen first.
create index channel_exposed on channel (chain_id, asset, synced_at) where unclaimed_since is not null;

-- Claims the authorization of a deposit, if the payer's balance at `balance_block` covers everything of that payer that is
-- still undecided. The payer's row makes claims of one payer take turns.
create function claim_deposit(
    d_payer bytea, d_id bytea, d_chain_id bigint, d_asset bytea, d_method text, d_nonce bytea, d_channel bytea,
    d_payer_authorizer bytea, d_receiver bytea, d_receiver_authorizer bytea, d_withdraw_delay integer, d_salt bytea,
    d_amount numeric, d_deadline numeric, d_search_from bigint,
    d_balance numeric, d_balance_block bigint, d_lease_ms bigint)
returns text language plpgsql as $$
declare
    held_now numeric;
    decided  bigint;
begin
    insert into till.payer values (d_payer, d_chain_id, d_asset, 0, 0) on conflict do nothing;
    select p.held, p.decided_block into strict held_now, decided from till.payer p
        where p.payer = d_payer and p.chain_id = d_chain_id and p.asset = d_asset for update;
    if exists (select from till.deposit d where d.payer = d_payer and d.id = d_id) then
        return 'TAKEN';
    elsif exists (select from till.payment p where p.payer = d_payer and p.id = d_id and p.state <> 'RELEASED') then
        return 'USED';
    elsif decided > d_balance_block then
        return 'STALE';
    elsif held_now + d_amount > d_balance then
        return 'OVERDRAWN';
    end if;
    insert into till.deposit (payer, id, chain_id, asset, method, nonce, channel_id, payer_authorizer, receiver,
            receiver_authorizer, withdraw_delay, salt, amount, deadline, search_from, state, lease_until, presented_at)
        values (d_payer, d_id, d_chain_id, d_asset, d_method, d_nonce, d_channel, d_payer_authorizer, d_receiver,
            d_receiver_authorizer, d_withdraw_delay, d_salt, d_amount, d_deadline, d_search_from, 'OPEN',
            now() + d_lease_ms * interval '1 millisecond', now())
        on conflict do nothing;
    if not found then
        return 'TAKEN';
    end if;
    update till.payer p set held = p.held + d_amount
        where p.payer = d_payer and p.chain_id = d_chain_id and p.asset = d_asset;
    return 'CLAIMED';
end
$$;

-- Ends a refund and the reservation that it stands under.
create function end_refund(
    r_channel bytea, r_fence bigint, r_state text, r_tx bytea, r_block bigint, r_hash bytea, r_returned numeric)
returns boolean language plpgsql as $$
begin
    -- As everywhere, the channel's row first.
    perform from till.channel c where c.channel_id = r_channel for update;
    update till.refund r
        set state = r_state, tx_hash = r_tx, block_number = r_block, block_hash = r_hash, returned = r_returned
        where r.channel_id = r_channel and r.fence = r_fence and r.state = 'OPEN';
    if not found then
        return false;
    end if;
    perform till.release(r_channel, r_fence);
    return true;
end
$$;
