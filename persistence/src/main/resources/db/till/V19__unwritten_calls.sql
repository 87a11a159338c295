-- While one instance alone serves calls, it need not write a call down before it ends.

-- Who serves calls out of this database.
create table presence (
    instance    uuid        not null primary key,
    alive_until timestamptz not null
);

-- Charges calls that were never written down, each if its channel still stands as it stood when the call began: nobody
-- reserved anything since, or was charged. The fence says so: it is the one that the call would have got. Whoever had the
-- row meanwhile, its conditions are judged by what he left there. Answers for those calls alone that it charged. Whichever
-- side of the join a plan begins with, channels are locked by ascending key.
create function charge_unwritten(
    channels bytea[], fences bigint[], ceilings numeric[], signatures bytea[], amounts numeric[], listings bigint[],
    manifests bytea[], offers bytea[], methods text[], targets text[], bodies bytea[], bindings bytea[],
    lasted_ms bigint[], prices numeric[], used jsonb[], responses bytea[], receipts text[], answers bytea[],
    retentions_ms bigint[])
returns table (
    place bigint, charged numeric, signed_ceiling numeric, signature bytea, balance numeric, claimed numeric,
    withdraw_amount numeric, withdraw_at timestamptz, refund_nonce numeric, synced_block bigint, synced_hash bytea,
    synced_at timestamptz)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
    return query
    with charged as (
        update till.channel ch
            set charged = ch.charged + k.price, last_fence = k.fence,
                signed_ceiling = greatest(ch.signed_ceiling, k.ceiling),
                signature = case when k.ceiling > ch.signed_ceiling then k.signature else ch.signature end,
                unclaimed_since = case
                    when ch.charged + k.price > ch.claimed then coalesce(ch.unclaimed_since, now()) end
            from (
                select *
                from unnest(channels, fences, ceilings, signatures, amounts, listings, manifests, offers, methods,
                        targets, bodies, bindings, lasted_ms, prices, used, responses, receipts, answers, retentions_ms)
                    with ordinality as u (channel, fence, ceiling, signature, amount, listing, manifest, offer, method,
                        target, body, binding, lasted_ms, price, units, response, receipt, sealed, retention_ms, nr)
                order by channel) k
            where ch.channel_id = any (channels) and ch.channel_id = k.channel and ch.last_fence + 1 = k.fence
                and ch.holds = 0 and ch.charged + k.amount = k.ceiling and ch.balance >= k.ceiling
                and k.price <= k.amount
            returning k.nr, k.fence, k.listing, k.manifest, k.offer, k.method, k.target, k.body, k.binding, k.lasted_ms,
                k.price, k.units, k.response, k.receipt, k.sealed, k.retention_ms, ch.channel_id, ch.chain_id, ch.asset,
                ch.charged, ch.signed_ceiling, ch.signature, ch.balance, ch.claimed, ch.withdraw_amount, ch.withdraw_at,
                ch.refund_nonce, ch.synced_block, ch.synced_hash, ch.synced_at),
    written as (
        insert into till.usage (channel_id, fence, listing_id, manifest_sha256, offers_root, request_method,
                request_target, request_body, units, price, response_body, receipt, held_at, charged_at)
            select r.channel_id, r.fence, r.listing, r.manifest, r.offer, r.method, r.target, r.body, r.units, r.price,
                r.response, r.receipt, now() - r.lasted_ms * interval '1 millisecond', now()
            from charged r),
    booked as (
        insert into till.ledger_transfer (channel_id, fence, chain_id, asset, from_account, to_account, amount, at)
            select r.channel_id, r.fence, r.chain_id, r.asset, 'channel:0x' || encode(r.channel_id, 'hex'),
                'due:0x' || encode(r.channel_id, 'hex'), r.price, now()
            from charged r
            where r.price > 0),
    replied as (
        insert into till.reply as p (channel_id, call_id, fence, binding, sealed, price, charged, balance, claimed,
                withdraw_at, refund_nonce, expires_at)
            select r.channel_id, '', r.fence, r.binding, r.sealed, r.price, r.charged, r.balance, r.claimed,
                r.withdraw_at, r.refund_nonce,
                date_trunc('minute', now() + r.retention_ms * interval '1 millisecond') + interval '1 minute'
            from charged r
            where r.sealed is not null and r.binding is not null
            on conflict (channel_id, call_id) do update set fence = excluded.fence, binding = excluded.binding,
                sealed = excluded.sealed, price = excluded.price, charged = excluded.charged,
                balance = excluded.balance, claimed = excluded.claimed, withdraw_at = excluded.withdraw_at,
                refund_nonce = excluded.refund_nonce, expires_at = excluded.expires_at)
    select r.nr, r.charged, r.signed_ceiling, r.signature, r.balance, r.claimed, r.withdraw_amount, r.withdraw_at,
        r.refund_nonce, r.synced_block, r.synced_hash, r.synced_at
    from charged r;
end
$$;
