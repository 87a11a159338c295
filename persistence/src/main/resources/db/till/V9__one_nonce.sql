-- Payments and deposits share the nonces of the chain, and what Permit2 may move.

create or replace function claim(
    c_payer bytea, c_id bytea, c_method text, c_chain_id bigint, c_asset bytea, c_nonce bytea, c_pay_to bytea,
    c_amount numeric, c_charged numeric, c_valid_after numeric, c_valid_before numeric, c_signature bytea,
    c_spender bytea, c_facilitator bytea, c_approval_deadline numeric, c_approval_signature bytea,
    c_listing_id bigint, c_manifest_sha256 bytea, c_offers_root bytea,
    c_request_method text, c_target text, c_body bytea,
    c_balance numeric, c_allowance numeric, c_balance_block bigint, c_search_from bigint, c_lease_ms bigint,
    c_max_attempts integer,
    out outcome text, out o_fence integer)
language plpgsql as $$
declare
    purse       till.payer%rowtype;
    c_permitted numeric := case when c_spender is null then 0 else c_amount end;
    deposited   numeric;
    known_state text;
    known_tries integer;
begin
    insert into till.payer values (c_payer, c_chain_id, c_asset, 0, 0, 0) on conflict do nothing;
    select p.* into strict purse from till.payer p
        where p.payer = c_payer and p.chain_id = c_chain_id and p.asset = c_asset for update;
    select p.state, p.attempts into known_state, known_tries from till.payment p
        where p.payer = c_payer and p.id = c_id;
    select coalesce(sum(d.amount), 0) into deposited from till.deposit d
        where c_spender is not null and d.payer = c_payer and d.chain_id = c_chain_id and d.asset = c_asset
            and d.method = 'PERMIT2' and d.state = 'OPEN';

    if known_state <> 'RELEASED' then
        outcome := 'TAKEN';
    elsif exists (select from till.deposit d
            where d.payer = c_payer and d.id = c_id and (d.state <> 'VOID' or not d.is_final)) then
        outcome := 'DEPOSITED';
    elsif known_tries >= c_max_attempts then
        outcome := 'EXHAUSTED';
    elsif purse.decided_block > c_balance_block then
        outcome := 'STALE';
    elsif purse.held + c_amount > c_balance then
        outcome := 'OVERDRAWN';
    elsif c_spender is not null and purse.permitted + deposited + c_amount > c_allowance then
        outcome := 'UNAPPROVED';
    else
        insert into till.payment as p (payer, id, method, chain_id, asset, nonce, pay_to, amount, charged,
                valid_after, valid_before, signature, spender, facilitator, approval_deadline, approval_signature,
                listing_id, manifest_sha256, offers_root, request_method, request_target, request_body,
                state, fence, attempts, search_from, lease_until, presented_at)
            values (c_payer, c_id, c_method, c_chain_id, c_asset, c_nonce, c_pay_to, c_amount, c_charged,
                c_valid_after, c_valid_before, c_signature, c_spender, c_facilitator, c_approval_deadline,
                c_approval_signature, c_listing_id, c_manifest_sha256, c_offers_root, c_request_method, c_target,
                c_body, 'VERIFIED', 1, 1, c_search_from, now() + c_lease_ms * interval '1 millisecond', now())
            on conflict (payer, id) do update set state = 'VERIFIED', fence = p.fence + 1, attempts = p.attempts + 1,
                method = excluded.method, asset = excluded.asset, pay_to = excluded.pay_to, amount = excluded.amount,
                charged = excluded.charged, valid_after = excluded.valid_after, valid_before = excluded.valid_before,
                signature = excluded.signature, spender = excluded.spender, facilitator = excluded.facilitator,
                approval_deadline = excluded.approval_deadline, approval_signature = excluded.approval_signature,
                listing_id = excluded.listing_id, manifest_sha256 = excluded.manifest_sha256,
                offers_root = excluded.offers_root, request_method = excluded.request_method,
                request_target = excluded.request_target, request_body = excluded.request_body,
                lease_until = excluded.lease_until
                where p.state = 'RELEASED' and p.attempts < c_max_attempts
            returning p.fence into o_fence;
        if o_fence is null then
            outcome := 'TAKEN';
        else
            outcome := 'CLAIMED';
            update till.payer p set held = p.held + c_amount, permitted = p.permitted + c_permitted
                where p.payer = c_payer and p.chain_id = c_chain_id and p.asset = c_asset;
        end if;
    end if;
end
$$;
