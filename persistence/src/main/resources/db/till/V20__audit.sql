-- The audit adds the transfers of a channel up by their two accounts first, of which there are few, and asks what kind
-- of accounts these are only then: it goes through the books all the time, beside those who wait for the database.

create function moved_to(kind text, from_account text, to_account text, amount numeric) returns numeric
language sql immutable as $$
    select (starts_with(to_account, kind || ':')::integer - starts_with(from_account, kind || ':')::integer) * amount
$$;

-- Audits the next channels, and begins anew after the last. Reads of each no more than so many rows of the ledger.
-- Does nothing while somebody else is at it.
create or replace function audit(most_channels integer, most_rows integer) returns void
language plpgsql as $$
declare
    begin_after bytea;
    end_at      bytea;
begin
    select r.last_channel into begin_after from till.audit_round r for update skip locked;
    if not found then
        return;
    end if;
    -- One statement: the ledger and the rows are seen at one moment.
    with seen as (
        select c.* from till.channel c where c.channel_id > begin_after order by c.channel_id limit most_channels),
    read as (
        select s.channel_id, s.chain_id, s.asset, s.balance, s.charged, s.claimed, a.channel_id is null as is_new,
            coalesce(m.last_id, a.last_id, 0) as last_id, coalesce(m.row_count, 0) = most_rows as is_behind,
            coalesce(a.payer, 0) + coalesce(m.payer, 0) as payer,
            coalesce(a.unspent, 0) + coalesce(m.unspent, 0) as unspent,
            coalesce(a.due, 0) + coalesce(m.due, 0) as due,
            coalesce(a.receiver, 0) + coalesce(m.receiver, 0) as receiver,
            coalesce(a.payer, 0) as old_payer, coalesce(a.unspent, 0) as old_unspent, coalesce(a.due, 0) as old_due,
            coalesce(a.receiver, 0) as old_receiver, coalesce(a.balance, 0) as old_balance,
            coalesce(a.charged, 0) as old_charged, coalesce(a.claimed, 0) as old_claimed,
            coalesce(a.is_behind, false) as was_behind, coalesce(a.is_wrong, false) as was_wrong
        from seen s
        left join till.audit a on a.channel_id = s.channel_id
        cross join lateral (
            select max(p.last_id) as last_id, sum(p.row_count) as row_count,
                sum(till.moved_to('payer', p.from_account, p.to_account, p.amount)) as payer,
                sum(till.moved_to('channel', p.from_account, p.to_account, p.amount)) as unspent,
                sum(till.moved_to('due', p.from_account, p.to_account, p.amount)) as due,
                sum(till.moved_to('receiver', p.from_account, p.to_account, p.amount)) as receiver
            from (
                select t.from_account, t.to_account, sum(t.amount) as amount, max(t.id) as last_id,
                    count(*) as row_count
                from (
                    select l.* from till.ledger_transfer l
                    where l.channel_id = s.channel_id and l.id > coalesce(a.last_id, 0)
                    order by l.id limit most_rows) t
                group by t.from_account, t.to_account) p) m),
    judged as (
        select r.*, not r.is_behind and (r.payer <> -r.balance or r.unspent <> r.balance - r.charged
            or r.due <> r.charged - r.claimed or r.receiver <> r.claimed) as is_wrong
        from read r),
    written as (
        insert into till.audit as a (channel_id, last_id, payer, unspent, due, receiver, balance, charged, claimed,
                is_behind, is_wrong)
            select channel_id, last_id, payer, unspent, due, receiver, balance, charged, claimed, is_behind, is_wrong
            from judged
            on conflict (channel_id) do update set last_id = excluded.last_id, payer = excluded.payer,
                unspent = excluded.unspent, due = excluded.due, receiver = excluded.receiver,
                balance = excluded.balance, charged = excluded.charged, claimed = excluded.claimed,
                is_behind = excluded.is_behind, is_wrong = excluded.is_wrong),
    added as (
        insert into till.audit_total as t (chain_id, asset, channels, behind, wrong, payer, unspent, due, receiver,
                balance, charged, claimed)
            select chain_id, asset, sum(is_new::integer), sum(is_behind::integer - was_behind::integer),
                sum(is_wrong::integer - was_wrong::integer), sum(payer - old_payer), sum(unspent - old_unspent),
                sum(due - old_due), sum(receiver - old_receiver), sum(balance - old_balance),
                sum(charged - old_charged), sum(claimed - old_claimed)
            from judged group by chain_id, asset
            on conflict (chain_id, asset) do update set channels = t.channels + excluded.channels,
                behind = t.behind + excluded.behind, wrong = t.wrong + excluded.wrong,
                payer = t.payer + excluded.payer, unspent = t.unspent + excluded.unspent, due = t.due + excluded.due,
                receiver = t.receiver + excluded.receiver, balance = t.balance + excluded.balance,
                charged = t.charged + excluded.charged, claimed = t.claimed + excluded.claimed)
    select s.channel_id into end_at from seen s order by s.channel_id offset most_channels - 1;
    update till.audit_round r
        set last_channel = coalesce(end_at, ''),
            whole_since = case when end_at is null then r.began_at else r.whole_since end,
            began_at = case when end_at is null then now() else r.began_at end;
end
$$;

drop function moved_to(text, ledger_transfer);
