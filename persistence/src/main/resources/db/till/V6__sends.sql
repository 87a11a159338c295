-- A transaction may serve several purposes at once, such as several payments.

drop index send_by_purpose;
alter table send alter column purpose type text[] using array[purpose];
alter table send rename column purpose to purposes;
create index send_by_purpose on send using gin (purposes) with (fastupdate = off);

-- Gives the lowest nonce from `first_free` upwards that has no row to what is to be sent, and stores it, if that is the
-- nonce it was signed for. Answers the nonce that was free; null while one of the purposes is under way, on any account.
-- Whoever opens a purpose holds its lock until the row is there, in one order for all; then the account's.
create function append_send(
    s_account bytea, first_free bigint, s_purposes text[], signed_for bigint, s_raw bytea) returns bigint
language plpgsql set enable_seqscan = off as $$
declare
    free bigint;
begin
    perform pg_advisory_xact_lock(ordered.key)
        from (select distinct hashtextextended(purpose, 0) as key from unnest(s_purposes) purpose order by 1) ordered;
    if exists (select from till.send s where s.ended is null and s.purposes && s_purposes) then
        return null;
    end if;
    insert into till.sender values (s_account) on conflict do nothing;
    perform from till.sender where account = s_account for update;
    select taken.nonce + 1 into free
        from (select first_free - 1 as nonce
            union all select s.nonce from till.send s where s.account = s_account and s.nonce >= first_free) taken
        where not exists (select from till.send s where s.account = s_account and s.nonce = taken.nonce + 1)
        order by 1 limit 1;
    if free = signed_for then
        insert into till.send (account, nonce, purposes) values (s_account, free, s_purposes);
        insert into till.send_variant (account, nonce, place, raw) values (s_account, free, 0, s_raw);
    end if;
    return free;
end
$$;
