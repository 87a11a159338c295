-- Payment channels (x402 batch settlement): what their payers signed, what was charged, and where the money is. Money
-- is counted in the token's smallest unit; the chain's numbers of a channel are uint128. Whoever opens or ends a call, or
-- changes its channel, holds the lock of the channel's row; who waits for several takes them by ascending id.

create table channel (
    channel_id          bytea          not null primary key,
    chain_id            bigint         not null,
    asset               bytea          not null,
    payer               bytea          not null,
    payer_authorizer    bytea          not null,
    receiver            bytea          not null,
    receiver_authorizer bytea          not null,
    withdraw_delay      integer        not null,
    salt                bytea          not null,
    charged             numeric(39, 0) not null check (charged >= 0),
    -- Open reservations: their sum, their number, and whether the only one lets no other in.
    reserved            numeric(39, 0) not null default 0 check (reserved >= 0),
    holds               integer        not null default 0 check (holds >= 0),
    is_serial           boolean        not null default false,
    -- Rises with every reservation.
    last_fence          bigint         not null default 0,
    -- The highest voucher that was charged for. Without a signature: what was claimed before the till knew the channel.
    signed_ceiling      numeric(39, 0) not null,
    signature           bytea,
    -- What the chain showed at a block; the time is when that was read.
    balance             numeric(39, 0) not null default 0,
    claimed             numeric(39, 0) not null default 0,
    withdraw_amount     numeric(39, 0),
    withdraw_at         timestamptz,
    refund_nonce        numeric(78, 0) not null default 0,
    synced_block        bigint         not null,
    synced_hash         bytea          not null,
    synced_at           timestamptz    not null,
    -- Since when something is charged and not claimed. Changes seldom: the rest of a row is updated in place.
    unclaimed_since     timestamptz,
    check (charged <= signed_ceiling),
    check (not is_serial or holds = 1),
    check (holds > 0 or reserved = 0),
    check ((withdraw_amount is null) = (withdraw_at is null)),
    check ((charged > claimed) = (unclaimed_since is not null))
) with (fillfactor = 50);

create index channel_unclaimed on channel (chain_id, asset, unclaimed_since) where unclaimed_since is not null;

-- Calls in progress. A row goes when its call ends: charged, it becomes a row of `usage`; released, it leaves nothing.
create table reservation (
    channel_id      bytea          not null,
    fence           bigint         not null,
    amount          numeric(39, 0) not null check (amount >= 0),
    -- The voucher that came with the call: worth something only when the call is charged.
    ceiling         numeric(39, 0) not null,
    signature       bytea          not null,
    call_id         text,
    listing_id      bigint         not null,
    manifest_sha256 bytea          not null,
    offers_root     bytea          not null,
    request_method  text           not null,
    request_target  text           not null,
    request_body    bytea          not null,
    -- Delivered so far, by a call that is delivered in parts.
    metered         numeric(39, 0) not null default 0 check (metered <= amount),
    units           jsonb          not null default '{}',
    -- Until then its holder is at work; afterwards anyone may end it.
    lease_until     timestamptz    not null,
    held_at         timestamptz    not null,
    primary key (channel_id, fence)
);

create unique index reservation_call on reservation (channel_id, call_id) where call_id is not null;
create index reservation_lease on reservation (lease_until);

-- Every call that was charged, for ever.
create table usage (
    channel_id      bytea          not null,
    fence           bigint         not null,
    call_id         text,
    listing_id      bigint         not null,
    manifest_sha256 bytea          not null,
    offers_root     bytea          not null,
    request_method  text           not null,
    request_target  text           not null,
    request_body    bytea          not null,
    units           jsonb          not null,
    price           numeric(39, 0) not null check (price >= 0),
    -- SHA-256 of the answer's body, and the signed receipt; neither when the call's holder died while delivering.
    response_body   bytea,
    receipt         text,
    held_at         timestamptz    not null,
    charged_at      timestamptz    not null,
    primary key (channel_id, fence),
    check ((response_body is null) = (receipt is null))
);

create unique index usage_call on usage (channel_id, call_id) where call_id is not null;

-- The ledger: each row takes from one account and gives to another, so that every transfer sums to zero. Accounts:
--   payer:0x…     what a payer put into channels and did not get back, as a debt
--   channel:0x…   what a channel holds that is not charged
--   due:0x…       what a channel holds that is charged and not claimed
--   receiver:0x…  what a receiver claimed
create table ledger_transfer (
    channel_id   bytea          not null,
    id           bigint         not null generated always as identity,
    -- What moved the money: a charge, or what the chain showed at a block.
    fence        bigint,
    block_number bigint,
    block_hash   bytea,
    chain_id     bigint         not null,
    asset        bytea          not null,
    from_account text           not null,
    to_account   text           not null check (to_account <> from_account),
    amount       numeric(39, 0) not null check (amount > 0),
    at           timestamptz    not null,
    primary key (channel_id, id),
    check ((fence is null) = (block_hash is not null)),
    check ((block_hash is null) = (block_number is null))
);

create view ledger_entry as
    select t.channel_id, t.id as transfer_id, t.chain_id, t.asset, e.account, e.amount, t.at
    from ledger_transfer t
    cross join lateral (values (t.from_account, -t.amount), (t.to_account, t.amount)) e (account, amount);

-- What transactions did to channels by their receipts: evidence beside the ledger, which follows the chain's state.
create table channel_move (
    channel_id   bytea          not null,
    tx_hash      bytea          not null,
    kind         text           not null check (kind in ('DEPOSIT', 'CLAIM', 'REFUND', 'WITHDRAWAL')),
    amount       numeric(39, 0) not null,
    block_number bigint         not null,
    block_hash   bytea          not null,
    recorded_at  timestamptz    not null,
    primary key (channel_id, tx_hash, kind)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is only ever added to', tg_table_name;
end
$$;

create trigger only_added_to before update or delete or truncate on usage
    for each statement execute function refuse_change();
create trigger only_added_to before update or delete or truncate on ledger_transfer
    for each statement execute function refuse_change();

-- Takes the voucher of each call, in one turn for all: what the loop decides is written once, at its end. Sequential
-- scans are off because the statistics of a table whose rows come and go are always wrong.
create function reserve(
    channels bytea[], ceilings numeric[], signatures bytea[], amounts numeric[], serials boolean[], call_ids text[],
    listings bigint[], manifests bytea[], offers bytea[], methods text[], targets text[], bodies bytea[],
    mirrors_ms bigint[], leases_ms bigint[])
returns table (place bigint, outcome text, held_fence bigint, standing till.channel)
language plpgsql set enable_seqscan = off as $$
declare
    a      record;
    c      till.channel;
    -- Names of the calls taken on this channel in this turn, by ascending fence.
    names  text[];
    -- Fences of the calls taken in this turn, by place.
    fences bigint[] := array_fill(null::bigint, array[cardinality(channels)]);
begin
    for a in
        select asked.*, locked as channel_now
        from unnest(channels, ceilings, amounts, serials, call_ids, mirrors_ms) with ordinality
            as asked (channel, ceiling, amount, is_serial, call_id, mirror_ms, nr)
        left join (select * from till.channel where channel_id = any (channels) order by channel_id for update) locked
            on locked.channel_id = asked.channel
        order by asked.channel, asked.nr
    loop
        if c.channel_id is distinct from a.channel then
            c := a.channel_now;
            names := '{}';
        end if;
        place := a.nr;
        held_fence := null;
        if a.call_id is not null then
            select known.fence into held_fence from (
                select r.fence from till.reservation r where r.channel_id = a.channel and r.call_id = a.call_id
                union all
                select u.fence from till.usage u where u.channel_id = a.channel and u.call_id = a.call_id) known;
            held_fence := coalesce(held_fence,
                c.last_fence - cardinality(names) + array_position(names, a.call_id));
        end if;
        outcome := case
            when held_fence is not null then 'REPEATED'
            when c.channel_id is null or c.synced_at < now() - a.mirror_ms * interval '1 millisecond' then 'NEEDS_SYNC'
            when c.withdraw_at is not null and a.amount > 0 then 'WITHDRAWING'
            when c.is_serial or a.is_serial and c.holds > 0 then 'BUSY'
            when a.is_serial and a.ceiling <> c.charged + a.amount then 'MISMATCH'
            when not a.is_serial and a.ceiling < greatest(c.charged + c.reserved + a.amount, c.signed_ceiling)
                then 'MISMATCH'
            when a.ceiling > c.balance then 'OVERDRAWN'
            else 'HELD'
        end;
        if outcome = 'HELD' then
            c.last_fence := c.last_fence + 1;
            c.reserved := c.reserved + a.amount;
            c.holds := c.holds + 1;
            c.is_serial := a.is_serial;
            names := names || coalesce(a.call_id, '');
            held_fence := c.last_fence;
            fences[place] := held_fence;
            standing := null;
        else
            standing := c;
        end if;
        return next;
    end loop;

    with held as (
        insert into till.reservation (channel_id, fence, amount, ceiling, signature, call_id, listing_id,
                manifest_sha256, offers_root, request_method, request_target, request_body, lease_until, held_at)
            select h.channel, h.fence, h.amount, h.ceiling, h.signature, h.call_id, h.listing,
                h.manifest, h.offer, h.method, h.target, h.body,
                now() + h.lease_ms * interval '1 millisecond', now()
            from unnest(channels, fences, amounts, ceilings, signatures, call_ids, listings, manifests, offers,
                    methods, targets, bodies, leases_ms)
                as h (channel, fence, amount, ceiling, signature, call_id, listing, manifest, offer,
                    method, target, body, lease_ms)
            where h.fence is not null)
    update till.channel ch
        set reserved = ch.reserved + h.amount, holds = ch.holds + h.calls, is_serial = h.is_serial,
            last_fence = h.last_fence
        from (
            select t.channel, sum(t.amount) as amount, count(*) as calls, bool_or(t.is_serial) as is_serial,
                max(t.fence) as last_fence
            from unnest(channels, fences, amounts, serials) as t (channel, fence, amount, is_serial)
            where t.fence is not null
            group by t.channel) h
        where ch.channel_id = h.channel;
end
$$;

-- Ends each reservation with a price, in one turn for all. Without units those of the last checkpoint count.
create function charge(
    channels bytea[], fences bigint[], prices numeric[], used jsonb[], responses bytea[], receipts text[])
returns table (place bigint, outcome text, standing till.channel)
language plpgsql set enable_seqscan = off as $$
begin
    perform from till.channel c where c.channel_id = any (channels) order by c.channel_id for update;
    return query
    with asked as (
        select * from unnest(channels, fences, prices, used, responses, receipts) with ordinality
            as a (channel, fence, price, units, response, receipt, nr)),
    closed as (
        delete from till.reservation r using asked a
        where r.channel_id = a.channel and r.fence = a.fence and r.amount >= a.price
        returning r.*, a.nr, a.price, a.units as used_units, a.response, a.receipt),
    written as (
        insert into till.usage (channel_id, fence, call_id, listing_id, manifest_sha256, offers_root,
                request_method, request_target, request_body, units, price, response_body, receipt, held_at, charged_at)
            select r.channel_id, r.fence, r.call_id, r.listing_id, r.manifest_sha256, r.offers_root,
                r.request_method, r.request_target, r.request_body, coalesce(r.used_units, r.units), r.price,
                r.response, r.receipt, r.held_at, now()
            from closed r),
    charged as (
        update till.channel c
            set charged = c.charged + s.price, reserved = c.reserved - s.amount, holds = c.holds - s.calls,
                is_serial = false,
                signed_ceiling = greatest(c.signed_ceiling, s.ceiling),
                signature = case when s.ceiling > c.signed_ceiling then s.signature else c.signature end,
                unclaimed_since = case when c.charged + s.price > c.claimed then coalesce(c.unclaimed_since, now()) end
            from (
                select r.channel_id, sum(r.price) as price, sum(r.amount) as amount, count(*) as calls,
                    max(r.ceiling) as ceiling, (array_agg(r.signature order by r.ceiling desc))[1] as signature
                from closed r group by r.channel_id) s
            where c.channel_id = s.channel_id
            returning c as now_),
    booked as (
        insert into till.ledger_transfer (channel_id, fence, chain_id, asset, from_account, to_account, amount, at)
            select r.channel_id, r.fence, (c.now_).chain_id, (c.now_).asset,
                'channel:0x' || encode(r.channel_id, 'hex'), 'due:0x' || encode(r.channel_id, 'hex'), r.price, now()
            from closed r join charged c on (c.now_).channel_id = r.channel_id
            where r.price > 0)
    select a.nr,
        case when r.nr is not null then 'CHARGED'
            when exists (
                select from till.reservation o
                where o.channel_id = a.channel and o.fence = a.fence and o.amount < a.price) then 'EXCEEDED'
            else 'CLOSED'
        end,
        c.now_
    from asked a left join closed r on r.nr = a.nr left join charged c on (c.now_).channel_id = r.channel_id;
end
$$;

-- Ends a reservation that comes to nothing.
create function release(r_channel bytea, r_fence bigint) returns boolean
language plpgsql set enable_seqscan = off as $$
declare
    freed numeric;
begin
    perform from till.channel c where c.channel_id = r_channel for update;
    delete from till.reservation r where r.channel_id = r_channel and r.fence = r_fence returning r.amount into freed;
    if not found then
        return false;
    end if;
    update till.channel c set reserved = c.reserved - freed, holds = c.holds - 1, is_serial = false
        where c.channel_id = r_channel;
    return true;
end
$$;

-- Ends reservations whose lease is over, oldest first: what was metered is charged, the rest comes to nothing. Passes
-- over channels that somebody is at work on.
create function take_over(most integer) returns table (o_channel bytea, o_fence bigint, price numeric)
language plpgsql set enable_seqscan = off as $$
declare
    locked bytea[];
    late   till.reservation;
begin
    select array_agg(l.channel_id) into locked from (
        select c.channel_id from till.channel c
        where c.channel_id in (
            select r.channel_id from till.reservation r where r.lease_until < now() order by r.lease_until limit most)
        for update skip locked) l;
    for late in
        select * from till.reservation r where r.channel_id = any (locked) and r.lease_until < now() for update
    loop
        o_channel := late.channel_id;
        o_fence := late.fence;
        price := late.metered;
        if price > 0 then
            perform till.charge(array[o_channel], array[o_fence], array[price], null, null, null);
        else
            perform till.release(o_channel, o_fence);
        end if;
        return next;
    end loop;
end
$$;

-- Books what the chain moved between two accounts of the ledger; a negative amount moves it back.
create function book(
    c till.channel, b_block bigint, b_hash bytea, b_from text, b_to text, b_amount numeric)
returns void language plpgsql as $$
begin
    if b_amount <> 0 then
        insert into till.ledger_transfer (channel_id, block_number, block_hash, chain_id, asset,
                from_account, to_account, amount, at)
            values (c.channel_id, b_block, b_hash, c.chain_id, c.asset,
                case when b_amount > 0 then b_from else b_to end, case when b_amount > 0 then b_to else b_from end,
                abs(b_amount), now());
    end if;
end
$$;

-- Takes over what the chain shows at a block, and books the difference to what it showed before. A block below the one
-- that is known changes nothing. Of a channel that is new to the till, everything claimed so far counts as charged.
create function sync(
    s_channel bytea, s_chain_id bigint, s_asset bytea, s_payer bytea, s_payer_authorizer bytea, s_receiver bytea,
    s_receiver_authorizer bytea, s_withdraw_delay integer, s_salt bytea,
    s_balance numeric, s_claimed numeric, s_withdraw_amount numeric, s_withdraw_at timestamptz, s_refund_nonce numeric,
    s_block bigint, s_hash bytea)
returns boolean language plpgsql as $$
declare
    c       till.channel;
    is_new  boolean;
    unspent constant text := 'channel:0x' || encode(s_channel, 'hex');
    due     constant text := 'due:0x' || encode(s_channel, 'hex');
begin
    insert into till.channel (channel_id, chain_id, asset, payer, payer_authorizer, receiver, receiver_authorizer,
            withdraw_delay, salt, charged, signed_ceiling, claimed, synced_block, synced_hash, synced_at)
        values (s_channel, s_chain_id, s_asset, s_payer, s_payer_authorizer, s_receiver, s_receiver_authorizer,
            s_withdraw_delay, s_salt, 0, 0, 0, s_block, s_hash, now())
        on conflict do nothing;
    is_new := found;
    select * into strict c from till.channel ch where ch.channel_id = s_channel for update;
    if s_block < c.synced_block then
        return false;
    end if;
    if is_new then
        c.charged := s_claimed;
        c.signed_ceiling := s_claimed;
        perform till.book(c, s_block, s_hash, unspent, due, s_claimed);
    end if;
    perform till.book(c, s_block, s_hash, 'payer:0x' || encode(c.payer, 'hex'), unspent,
        s_balance - c.balance);
    perform till.book(c, s_block, s_hash, due, 'receiver:0x' || encode(c.receiver, 'hex'),
        s_claimed - c.claimed);
    update till.channel ch
        set charged = c.charged, signed_ceiling = c.signed_ceiling, balance = s_balance, claimed = s_claimed,
            withdraw_amount = s_withdraw_amount, withdraw_at = s_withdraw_at, refund_nonce = s_refund_nonce,
            synced_block = s_block, synced_hash = s_hash, synced_at = now(),
            unclaimed_since = case when c.charged > s_claimed then coalesce(c.unclaimed_since, now()) end
        where ch.channel_id = s_channel;
    return true;
end
$$;
