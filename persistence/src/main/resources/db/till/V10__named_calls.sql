-- Calls by the names that buyers give them (x402 payment-identifier), and answers for those whose reply was lost: who
-- shows the payment again, or signs in as its payer.

-- The payment that a name stands for, where each call has a payment of its own. A name belongs to its payer and listing.
create table named_payment (
    payer      bytea       not null,
    listing_id bigint      not null,
    call_id    text        not null,
    -- SHA-256 of all that the buyer sent under the name.
    binding    bytea       not null,
    id         bytea       not null,
    expires_at timestamptz not null,
    primary key (payer, listing_id, call_id)
);

create index named_payment_expiry on named_payment (expires_at);

-- Gives a name to a payment that its caller has claimed, unless it stands for another one. A payment that was released,
-- or is forgotten, has no name any more.
create function name_payment(
    n_payer bytea, n_listing_id bigint, n_call_id text, n_binding bytea, n_id bytea, n_retention_ms bigint)
returns boolean language plpgsql as $$
declare
    known  till.named_payment;
    expiry constant timestamptz := now() + n_retention_ms * interval '1 millisecond';
begin
    loop
        insert into till.named_payment values (n_payer, n_listing_id, n_call_id, n_binding, n_id, expiry)
            on conflict do nothing;
        if found then
            return true;
        end if;
        select * into known from till.named_payment n
            where n.payer = n_payer and n.listing_id = n_listing_id and n.call_id = n_call_id for update;
        exit when found;
    end loop;
    if known.id <> n_id and known.expires_at > now() and exists (
            select from till.payment p where p.payer = n_payer and p.id = known.id and p.state <> 'RELEASED') then
        return false;
    end if;
    update till.named_payment n set binding = n_binding, id = n_id, expires_at = expiry
        where n.payer = n_payer and n.listing_id = n_listing_id and n.call_id = n_call_id;
    return true;
end
$$;

-- SHA-256 of what makes the call this call and no other; none for what is never answered again.
alter table reservation add column binding bytea;

-- What a call of a channel was answered, and what its buyer was told of the charge. The answer is sealed with the
-- node's key, which leaves nothing to compress.
create table reply (
    channel_id   bytea          not null,
    -- The call's name; empty for the channel's last call without one.
    call_id      text           not null,
    fence        bigint         not null,
    binding      bytea          not null,
    sealed       bytea          not null,
    price        numeric(39, 0) not null,
    charged      numeric(39, 0) not null,
    balance      numeric(39, 0) not null,
    claimed      numeric(39, 0) not null,
    withdraw_at  timestamptz,
    refund_nonce numeric(78, 0) not null,
    -- To the minute, so that the next call without a name seldom moves it.
    expires_at   timestamptz    not null,
    primary key (channel_id, call_id)
) with (fillfactor = 80);

alter table reply alter column sealed set storage external;
create index reply_expiry on reply (expires_at);

-- Nonces of wallets that signed in (x402 sign-in-with-x), until no sign-in by one of them is young enough any more.
create table sign_in_nonce (
    nonce      text        not null primary key,
    expires_at timestamptz not null
);

create index sign_in_nonce_expiry on sign_in_nonce (expires_at);

-- By this, and by channel_payer, a wallet that signed in finds what it paid for.
create index payment_request on payment (payer, request_body);

drop function till.reserve;
drop function till.charge;

-- Takes the voucher of each call, in one turn for all: what the loop decides is written once, at its end. Sequential
-- scans are off because the statistics of a table whose rows come and go are always wrong.
create function reserve(
    channels bytea[], ceilings numeric[], signatures bytea[], amounts numeric[], serials boolean[], call_ids text[],
    listings bigint[], manifests bytea[], offers bytea[], methods text[], targets text[], bodies bytea[],
    mirrors_ms bigint[], leases_ms bigint[], bindings bytea[])
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
                manifest_sha256, offers_root, request_method, request_target, request_body, lease_until, held_at, binding)
            select h.channel, h.fence, h.amount, h.ceiling, h.signature, h.call_id, h.listing,
                h.manifest, h.offer, h.method, h.target, h.body,
                now() + h.lease_ms * interval '1 millisecond', now(), h.binding
            from unnest(channels, fences, amounts, ceilings, signatures, call_ids, listings, manifests, offers,
                    methods, targets, bodies, leases_ms, bindings)
                as h (channel, fence, amount, ceiling, signature, call_id, listing, manifest, offer,
                    method, target, body, lease_ms, binding)
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

-- Ends each reservation with a price, in one turn for all. Without units those of the last checkpoint count. Keeps the
-- answers that come along.
create function charge(
    channels bytea[], fences bigint[], prices numeric[], used jsonb[], responses bytea[], receipts text[],
    answers bytea[], retentions_ms bigint[])
returns table (place bigint, outcome text, standing till.channel)
language plpgsql set enable_seqscan = off as $$
begin
    perform from till.channel c where c.channel_id = any (channels) order by c.channel_id for update;
    return query
    with asked as (
        select * from unnest(channels, fences, prices, used, responses, receipts, answers, retentions_ms)
            with ordinality as a (channel, fence, price, units, response, receipt, sealed, retention_ms, nr)),
    closed as (
        delete from till.reservation r using asked a
        where r.channel_id = a.channel and r.fence = a.fence and r.amount >= a.price
        returning r.*, a.nr, a.price, a.units as used_units, a.response, a.receipt, a.sealed, a.retention_ms),
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
            where r.price > 0),
    replied as (
        insert into till.reply as p (channel_id, call_id, fence, binding, sealed, price, charged, balance, claimed,
                withdraw_at, refund_nonce, expires_at)
            select r.channel_id, coalesce(r.call_id, ''), r.fence, r.binding, r.sealed, r.price, (c.now_).charged,
                (c.now_).balance, (c.now_).claimed, (c.now_).withdraw_at, (c.now_).refund_nonce,
                date_trunc('minute', now() + r.retention_ms * interval '1 millisecond') + interval '1 minute'
            from closed r join charged c on (c.now_).channel_id = r.channel_id
            where r.sealed is not null and r.binding is not null
            on conflict (channel_id, call_id) do update set fence = excluded.fence, binding = excluded.binding,
                sealed = excluded.sealed, price = excluded.price, charged = excluded.charged,
                balance = excluded.balance, claimed = excluded.claimed, withdraw_at = excluded.withdraw_at,
                refund_nonce = excluded.refund_nonce, expires_at = excluded.expires_at)
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

-- Ends reservations whose lease is over, oldest first: what was metered is charged, the rest comes to nothing. Passes
-- over channels that somebody is at work on.
create or replace function take_over(most integer) returns table (o_channel bytea, o_fence bigint, price numeric)
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
            perform till.charge(array[o_channel], array[o_fence], array[price], null, null, null, null, null);
        else
            perform till.release(o_channel, o_fence);
        end if;
        return next;
    end loop;
end
$$;
