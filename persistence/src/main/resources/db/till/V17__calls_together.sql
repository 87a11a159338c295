-- Calls of channels end and begin in one turn: one lock, one transaction and one write to the disk for all. As with
-- payments every row is found by its key, by one plan of nested loops. Each table that is joined is told by itself which
-- keys are asked for; a subselect of one value can go by keys alone, and would take a worse index if told twice. Not by
-- bitmaps: they read on and on past rows that are gone, where an index scan leaves a note.

drop function till.reserve;
drop function till.charge;

-- First ends each reservation of `ended` with a price. Without units those of the last checkpoint count. Keeps the
-- answers that come along. Then takes the voucher of each call on `channels`: what the loop decides is written once, at
-- its end. Ends come before beginnings in the order of places.
create function turn(
    ended bytea[], fences bigint[], prices numeric[], used jsonb[], responses bytea[], receipts text[],
    answers bytea[], retentions_ms bigint[],
    channels bytea[] default '{}', ceilings numeric[] default '{}', signatures bytea[] default '{}',
    amounts numeric[] default '{}', serials boolean[] default '{}', call_ids text[] default '{}',
    listings bigint[] default '{}', manifests bytea[] default '{}', offers bytea[] default '{}',
    methods text[] default '{}', targets text[] default '{}', bodies bytea[] default '{}',
    mirrors_ms bigint[] default '{}', leases_ms bigint[] default '{}', bindings bytea[] default '{}')
returns table (place bigint, outcome text, held_fence bigint, standing till.channel)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    a      record;
    c      till.channel;
    locked bytea[];
    -- Names of the calls taken on this channel in this turn, by ascending fence.
    names  text[];
    -- Fences of the calls taken in this turn, by their place on `channels`.
    taken  bigint[] := array_fill(null::bigint, array[cardinality(channels)]);
begin
    -- By itself: the next statements must see what the turn before committed. But of channels that are new since then
    -- nothing, for nobody holds their lock.
    select array_agg(l.channel_id) into locked from (
        select ch.channel_id from till.channel ch
        where ch.channel_id = any (ended || channels) order by ch.channel_id for update) l;

    if cardinality(ended) > 0 then
        return query
        with asked as (
            select * from unnest(ended, fences, prices, used, responses, receipts, answers, retentions_ms)
                with ordinality as u (channel, fence, price, units, response, receipt, sealed, retention_ms, nr)),
        closed as (
            delete from till.reservation r using asked k
            where r.channel_id = any (locked) and r.fence = any (fences) and r.channel_id = k.channel
                and r.fence = k.fence and r.amount >= k.price
            returning r.*, k.nr, k.price, k.units as used_units, k.response, k.receipt, k.sealed, k.retention_ms),
        written as (
            insert into till.usage (channel_id, fence, call_id, listing_id, manifest_sha256, offers_root,
                    request_method, request_target, request_body, units, price, response_body, receipt, held_at,
                    charged_at)
                select r.channel_id, r.fence, r.call_id, r.listing_id, r.manifest_sha256, r.offers_root,
                    r.request_method, r.request_target, r.request_body, coalesce(r.used_units, r.units), r.price,
                    r.response, r.receipt, r.held_at, now()
                from closed r),
        charged as (
            update till.channel ch
                set charged = ch.charged + s.price, reserved = ch.reserved - s.amount, holds = ch.holds - s.calls,
                    is_serial = false,
                    signed_ceiling = greatest(ch.signed_ceiling, s.ceiling),
                    signature = case when s.ceiling > ch.signed_ceiling then s.signature else ch.signature end,
                    unclaimed_since = case
                        when ch.charged + s.price > ch.claimed then coalesce(ch.unclaimed_since, now()) end
                from (
                    select r.channel_id, sum(r.price) as price, sum(r.amount) as amount, count(*) as calls,
                        max(r.ceiling) as ceiling, (array_agg(r.signature order by r.ceiling desc))[1] as signature
                    from closed r group by r.channel_id) s
                where ch.channel_id = any (locked) and ch.channel_id = s.channel_id
                returning ch as now_),
        booked as (
            insert into till.ledger_transfer (channel_id, fence, chain_id, asset, from_account, to_account, amount, at)
                select r.channel_id, r.fence, (h.now_).chain_id, (h.now_).asset,
                    'channel:0x' || encode(r.channel_id, 'hex'), 'due:0x' || encode(r.channel_id, 'hex'), r.price, now()
                from closed r join charged h on (h.now_).channel_id = r.channel_id
                where r.price > 0),
        replied as (
            insert into till.reply as p (channel_id, call_id, fence, binding, sealed, price, charged, balance, claimed,
                    withdraw_at, refund_nonce, expires_at)
                select r.channel_id, coalesce(r.call_id, ''), r.fence, r.binding, r.sealed, r.price, (h.now_).charged,
                    (h.now_).balance, (h.now_).claimed, (h.now_).withdraw_at, (h.now_).refund_nonce,
                    date_trunc('minute', now() + r.retention_ms * interval '1 millisecond') + interval '1 minute'
                from closed r join charged h on (h.now_).channel_id = r.channel_id
                where r.sealed is not null and r.binding is not null
                on conflict (channel_id, call_id) do update set fence = excluded.fence, binding = excluded.binding,
                    sealed = excluded.sealed, price = excluded.price, charged = excluded.charged,
                    balance = excluded.balance, claimed = excluded.claimed, withdraw_at = excluded.withdraw_at,
                    refund_nonce = excluded.refund_nonce, expires_at = excluded.expires_at)
        select k.nr,
            case when r.nr is not null then 'CHARGED'
                when exists (
                    select from till.reservation o
                    where o.channel_id = k.channel and o.fence = k.fence and o.amount < k.price) then 'EXCEEDED'
                else 'CLOSED'
            end,
            k.fence, h.now_
        from asked k left join closed r on r.nr = k.nr left join charged h on (h.now_).channel_id = r.channel_id;
    end if;

    if cardinality(channels) > 0 then
        for a in
            select u.*,
                case when u.channel = any (locked) then
                    (select ch from till.channel ch where ch.channel_id = u.channel)
                end as channel_now,
                case when u.call_id is not null then coalesce(
                    (select r.fence from till.reservation r
                        where r.channel_id = u.channel and r.call_id = u.call_id),
                    (select g.fence from till.usage g
                        where g.channel_id = u.channel and g.call_id = u.call_id))
                end as known_fence
            from unnest(channels, ceilings, amounts, serials, call_ids, mirrors_ms) with ordinality
                as u (channel, ceiling, amount, is_serial, call_id, mirror_ms, nr)
            order by u.channel, u.nr
        loop
            if c.channel_id is distinct from a.channel then
                c := a.channel_now;
                names := '{}';
            end if;
            place := cardinality(ended) + a.nr;
            held_fence := coalesce(
                a.known_fence, c.last_fence - cardinality(names) + array_position(names, a.call_id));
            outcome := case
                when held_fence is not null then 'REPEATED'
                when c.channel_id is null or c.synced_at < now() - a.mirror_ms * interval '1 millisecond'
                    then 'NEEDS_SYNC'
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
                taken[a.nr] := held_fence;
                standing := null;
            else
                standing := c;
            end if;
            return next;
        end loop;

        with held as (
            insert into till.reservation (channel_id, fence, amount, ceiling, signature, call_id, listing_id,
                    manifest_sha256, offers_root, request_method, request_target, request_body, lease_until, held_at,
                    binding)
                select h.channel, h.fence, h.amount, h.ceiling, h.signature, h.call_id, h.listing,
                    h.manifest, h.offer, h.method, h.target, h.body,
                    now() + h.lease_ms * interval '1 millisecond', now(), h.binding
                from unnest(channels, taken, amounts, ceilings, signatures, call_ids, listings, manifests, offers,
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
                from unnest(channels, taken, amounts, serials) as t (channel, fence, amount, is_serial)
                where t.fence is not null
                group by t.channel) h
            where ch.channel_id = any (locked) and ch.channel_id = h.channel;
    end if;
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
            perform till.turn(array[o_channel], array[o_fence], array[price], '{}', '{}', '{}', '{}', '{}');
        else
            perform till.release(o_channel, o_fence);
        end if;
        return next;
    end loop;
end
$$;
