-- What every paid call needs is done for many payments in one turn: a group costs little more than one of them. Who
-- locks several purses takes them by ascending key, and before any payment. Every row is found by its key, by one plan of
-- nested loops: the statistics of young tables are wrong. That keys are among those asked for is said to each table by
-- itself, or a plan that was made while it was small would read all of it for as long as the plan is kept.

-- To find a payment by its key and state this index looked just as good while there were no statistics. Its last
-- condition is stated by those alone who look for late ones.
drop index payment_undecided;
create index payment_undecided on payment (lease_until)
    where state in ('VERIFIED', 'SETTLING', 'UNKNOWN') and lease_until > '-infinity';

drop function claim;

-- Claims authorizations before their providers are asked, each if its payer's balance at `balance_block` covers
-- everything of that payer that is still undecided, and its allowance what Permit2 would move of it. Claims on one purse
-- take turns by its row. A permit's nonce is one for all tokens: claims of it may hold different purses, and only the
-- insert makes those take turns.
create function claim(
    payers bytea[], ids bytea[], methods text[], chains bigint[], assets bytea[], nonces bytea[], payees bytea[],
    amounts numeric[], charges numeric[], valid_afters numeric[], valid_befores numeric[], signatures bytea[],
    spenders bytea[], facilitators bytea[], approval_deadlines numeric[], approval_signatures bytea[],
    listings bigint[], manifests bytea[], offers bytea[], request_methods text[], targets text[], bodies bytea[],
    balances numeric[], allowances numeric[], balance_blocks bigint[], searches bigint[], leases_ms bigint[],
    max_attempts integer)
returns table (place bigint, outcome text, held_fence integer)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    a         record;
    purse     record;
    -- What this turn has claimed of the purse so far, and of all purses.
    held      numeric;
    permitted numeric;
    taken     bytea[] := '{}';
    outcomes  text[] := array_fill(null::text, array[cardinality(ids)]);
begin
    insert into till.payer
        select distinct u.payer, u.chain_id, u.asset, 0, 0, 0
        from unnest(payers, chains, assets) as u (payer, chain_id, asset)
        where not exists (
            select from till.payer p
            where p.payer = any (payers) and p.payer = u.payer and p.chain_id = u.chain_id and p.asset = u.asset)
        order by 1, 2, 3
        on conflict do nothing;
    -- By itself: the next statement must see what the turn before committed.
    perform from till.payer p
        where p.payer = any (payers)
            and (p.payer, p.chain_id, p.asset) in (select * from unnest(payers, chains, assets))
        order by p.payer, p.chain_id, p.asset for update;
    for a in
        select u.*, p.held, p.permitted, p.decided_block, known.state, known.attempts,
            exists (
                select from till.deposit d
                where d.payer = u.payer and d.id = u.id and (d.state <> 'VOID' or not d.is_final)) as is_deposited,
            case when u.spender is not null then (
                select coalesce(sum(d.amount), 0) from till.deposit d
                where d.payer = u.payer and d.chain_id = u.chain_id and d.asset = u.asset and d.method = 'PERMIT2'
                    and d.state = 'OPEN') end as depositing
        from unnest(payers, ids, chains, assets, amounts, spenders, balances, allowances, balance_blocks)
            with ordinality
            as u (payer, id, chain_id, asset, amount, spender, balance, allowance, balance_block, nr)
        join till.payer p
            on p.payer = any (payers) and p.payer = u.payer and p.chain_id = u.chain_id and p.asset = u.asset
        left join till.payment known on known.id = any (ids) and known.payer = u.payer and known.id = u.id
        order by u.payer, u.chain_id, u.asset, u.nr
    loop
        if purse is distinct from row(a.payer, a.chain_id, a.asset) then
            purse := row(a.payer, a.chain_id, a.asset);
            held := a.held;
            permitted := a.permitted;
        end if;
        outcomes[a.nr] := case
            when a.state <> 'RELEASED' or a.id = any (taken) then 'TAKEN'
            when a.is_deposited then 'DEPOSITED'
            when a.attempts >= max_attempts then 'EXHAUSTED'
            when a.decided_block > a.balance_block then 'STALE'
            when held + a.amount > a.balance then 'OVERDRAWN'
            when permitted + a.depositing + a.amount > a.allowance then 'UNAPPROVED'
            else 'CLAIMED'
        end;
        if outcomes[a.nr] = 'CLAIMED' then
            taken := taken || a.id;
            held := held + a.amount;
            permitted := permitted + case when a.spender is null then 0 else a.amount end;
        end if;
    end loop;

    return query
    with claimed as (
        insert into till.payment as p (payer, id, method, chain_id, asset, nonce, pay_to, amount, charged,
                valid_after, valid_before, signature, spender, facilitator, approval_deadline, approval_signature,
                listing_id, manifest_sha256, offers_root, request_method, request_target, request_body,
                state, fence, attempts, search_from, lease_until, presented_at)
            select u.payer, u.id, u.method, u.chain_id, u.asset, u.nonce, u.pay_to, u.amount, u.charged,
                u.valid_after, u.valid_before, u.signature, u.spender, u.facilitator, u.approval_deadline,
                u.approval_signature, u.listing_id, u.manifest, u.offer, u.request_method, u.target, u.body,
                'VERIFIED', 1, 1, u.search_from, now() + u.lease_ms * interval '1 millisecond', now()
            from unnest(outcomes, payers, ids, methods, chains, assets, nonces, payees, amounts, charges, valid_afters,
                    valid_befores, signatures, spenders, facilitators, approval_deadlines, approval_signatures,
                    listings, manifests, offers, request_methods, targets, bodies, searches, leases_ms)
                as u (outcome, payer, id, method, chain_id, asset, nonce, pay_to, amount, charged, valid_after,
                    valid_before, signature, spender, facilitator, approval_deadline, approval_signature,
                    listing_id, manifest, offer, request_method, target, body, search_from, lease_ms)
            where u.outcome = 'CLAIMED'
            on conflict (payer, id) do update set state = 'VERIFIED', fence = p.fence + 1, attempts = p.attempts + 1,
                method = excluded.method, asset = excluded.asset, pay_to = excluded.pay_to, amount = excluded.amount,
                charged = excluded.charged, valid_after = excluded.valid_after, valid_before = excluded.valid_before,
                signature = excluded.signature, spender = excluded.spender, facilitator = excluded.facilitator,
                approval_deadline = excluded.approval_deadline, approval_signature = excluded.approval_signature,
                listing_id = excluded.listing_id, manifest_sha256 = excluded.manifest_sha256,
                offers_root = excluded.offers_root, request_method = excluded.request_method,
                request_target = excluded.request_target, request_body = excluded.request_body,
                lease_until = excluded.lease_until
                where p.state = 'RELEASED' and p.attempts < max_attempts
            returning p.*),
    holding as (
        update till.payer p set held = p.held + c.amount, permitted = p.permitted + c.permitted
            from (
                select n.payer, n.chain_id, n.asset, sum(n.amount) as amount, sum(n.permitted) as permitted
                from claimed n group by n.payer, n.chain_id, n.asset) c
            where p.payer = any (payers) and p.payer = c.payer and p.chain_id = c.chain_id and p.asset = c.asset)
    select o.nr, case when o.outcome = 'CLAIMED' and c.fence is null then 'TAKEN' else o.outcome end, c.fence
    from unnest(outcomes, payers, ids) with ordinality as o (outcome, payer, id, nr)
    left join claimed c on o.outcome = 'CLAIMED' and c.payer = o.payer and c.id = o.id;
end
$$;

-- Keeps answers, each together with the state that promises it. Returns the places of those that are kept.
create function keep_answers(
    payers bytea[], ids bytea[], fences integer[], answers bytea[], responses bytea[], usages text[], charges numeric[],
    retentions_ms bigint[], leases_ms bigint[])
returns setof bigint
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
    return query
    with answered as (
        update till.payment p
            set state = 'SETTLING', response_body = u.response, usage = u.used, charged = u.charged,
                lease_until = now() + u.lease_ms * interval '1 millisecond'
            from unnest(payers, ids, fences, answers, responses, usages, charges, retentions_ms, leases_ms)
                with ordinality
                as u (payer, id, fence, sealed, response, used, charged, retention_ms, lease_ms, nr)
            where p.id = any (ids) and p.payer = u.payer and p.id = u.id and p.fence = u.fence
                and p.state = 'VERIFIED'
            returning p.payer, p.id, u.sealed, u.retention_ms, u.nr),
    kept as (
        insert into till.answer (payer, id, sealed, expires_at)
            select w.payer, w.id, w.sealed, now() + w.retention_ms * interval '1 millisecond' from answered w)
    select w.nr from answered w;
end
$$;

-- Decides undecided payments, SETTLED by a transaction or VOID for a reason, and frees what their payers held. Returns
-- the places of those that were decided by this.
create function decide(
    payers bytea[], ids bytea[], chains bigint[], assets bytea[], blocks bigint[], hashes bytea[],
    transactions bytea[], reasons text[], documents text[])
returns setof bigint
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
    perform from till.payer p
        where p.payer = any (payers)
            and (p.payer, p.chain_id, p.asset) in (select * from unnest(payers, chains, assets))
        order by p.payer, p.chain_id, p.asset for update;
    return query
    with decided as (
        update till.payment p
            set state = case when u.tx is null then 'VOID' else 'SETTLED' end, tx_hash = u.tx, void_reason = u.reason,
                settled_at = case when u.tx is null then p.settled_at else now() end,
                block_number = u.block, block_hash = u.hash, lease_until = now()
            from unnest(payers, ids, blocks, hashes, transactions, reasons, documents) with ordinality
                as u (payer, id, block, hash, tx, reason, document, nr)
            where p.id = any (ids) and p.payer = u.payer and p.id = u.id and p.state in ('SETTLING', 'UNKNOWN')
            returning p.*, u.document, u.nr),
    proved as (
        insert into till.receipt (payer, id, document, issued_at)
            select d.payer, d.id, d.document, now() from decided d where d.document is not null
            on conflict (payer, id) do update
            set document = excluded.document, issued_at = excluded.issued_at),
    freed as (
        update till.payer p set held = p.held - f.amount, permitted = p.permitted - f.permitted,
                decided_block = greatest(p.decided_block, f.block)
            from (
                select d.payer, d.chain_id, d.asset, sum(d.amount) as amount, sum(d.permitted) as permitted,
                    max(d.block_number) as block
                from decided d group by d.payer, d.chain_id, d.asset) f
            where p.payer = any (payers) and p.payer = f.payer and p.chain_id = f.chain_id and p.asset = f.asset)
    select d.nr from decided d;
end
$$;
