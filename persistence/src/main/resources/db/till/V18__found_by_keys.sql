-- What a wallet paid for is found by the request and the wallet, written so that nothing else can use this index. While
-- the table was small it did as well as the primary key to find one payment, though it had to skip from request to
-- request; the plan was kept, and read all payments of a payer who made very many.
drop index payment_request;
create index payment_request on payment (request_body, encode(payer, 'hex'));

-- Claims authorizations before their providers are asked, each if its payer's balance at `balance_block` covers
-- everything of that payer that is still undecided, and its allowance what Permit2 would move of it. Claims on one purse
-- take turns by its row. A permit's nonce is one for all tokens: claims of it may hold different purses, and only the
-- insert makes those take turns. Subselects of one value can go by keys alone: a join that is told twice which rows are
-- meant expects too few of them, and to know whether something exists a plan may read a whole table.
create or replace function claim(
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
        select u.*, p.held, p.permitted, p.decided_block,
            (select k from till.payment k where k.payer = u.payer and k.id = u.id) as known,
            coalesce(
                (select d.state <> 'VOID' or not d.is_final from till.deposit d
                    where d.payer = u.payer and d.id = u.id),
                false) as is_deposited,
            case when u.spender is not null then (
                select coalesce(sum(d.amount), 0) from till.deposit d
                where d.payer = u.payer and d.chain_id = u.chain_id and d.asset = u.asset and d.method = 'PERMIT2'
                    and d.state = 'OPEN') end as depositing
        from unnest(payers, ids, chains, assets, amounts, spenders, balances, allowances, balance_blocks)
            with ordinality
            as u (payer, id, chain_id, asset, amount, spender, balance, allowance, balance_block, nr)
        join till.payer p
            on p.payer = any (payers) and p.payer = u.payer and p.chain_id = u.chain_id and p.asset = u.asset
        order by u.payer, u.chain_id, u.asset, u.nr
    loop
        if purse is distinct from row(a.payer, a.chain_id, a.asset) then
            purse := row(a.payer, a.chain_id, a.asset);
            held := a.held;
            permitted := a.permitted;
        end if;
        outcomes[a.nr] := case
            when (a.known).state <> 'RELEASED' or a.id = any (taken) then 'TAKEN'
            when a.is_deposited then 'DEPOSITED'
            when (a.known).attempts >= max_attempts then 'EXHAUSTED'
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
