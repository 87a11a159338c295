-- What people are told about their money, and what stands behind it.

-- Statements begin with the channels of one side. Who the sides are never changes, so that the rest of a row is still
-- updated in place.
create index channel_payer on channel (payer);
create index channel_receiver on channel (receiver);

-- Calls by time. Rows lie in the order they came in: a note of each range of pages is enough, and a charge does not pay
-- for it.
create index usage_charged on usage using brin (charged_at) with (autosummarize = on);
create index receipt_issued on receipt using brin (issued_at) with (autosummarize = on);

-- Work of which one instance at a time does a round.
create table duty (
    name        text        not null primary key,
    lease_until timestamptz not null,
    -- When the last round ended.
    done_at     timestamptz
);

-- What the ledger says of each channel, added up to a row, and what the channel's own row said then.
create table audit (
    channel_id bytea          not null primary key,
    -- The last row of the ledger that is in the sums. Rows of one channel are committed by ascending id.
    last_id    bigint         not null,
    payer      numeric(78, 0) not null,
    unspent    numeric(78, 0) not null,
    due        numeric(78, 0) not null,
    receiver   numeric(78, 0) not null,
    balance    numeric(78, 0) not null,
    charged    numeric(78, 0) not null,
    claimed    numeric(78, 0) not null,
    -- Whether there were more rows of the ledger than one round reads.
    is_behind  boolean        not null,
    -- Whether the ledger, read to its end, says otherwise than the row.
    is_wrong   boolean        not null
);

-- The sums of all audits.
create table audit_total (
    chain_id bigint         not null,
    asset    bytea          not null,
    channels bigint         not null,
    behind   bigint         not null,
    wrong    bigint         not null,
    payer    numeric(78, 0) not null,
    unspent  numeric(78, 0) not null,
    due      numeric(78, 0) not null,
    receiver numeric(78, 0) not null,
    balance  numeric(78, 0) not null,
    charged  numeric(78, 0) not null,
    claimed  numeric(78, 0) not null,
    primary key (chain_id, asset)
);

-- How far the audit has got in going round all channels.
create table audit_round (
    is_only      boolean     not null primary key default true check (is_only),
    last_channel bytea       not null default '',
    began_at     timestamptz not null default now(),
    -- When the last round began that saw every channel.
    whole_since  timestamptz
);

insert into audit_round default values;

create function moved_to(kind text, t ledger_transfer) returns numeric language sql immutable as $$
    select (starts_with(t.to_account, kind || ':')::integer - starts_with(t.from_account, kind || ':')::integer) * t.amount
$$;

-- Audits the next channels, and begins anew after the last. Reads of each no more than so many rows of the ledger.
-- Does nothing while somebody else is at it.
create function audit(most_channels integer, most_rows integer) returns void
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
            select max(t.id) as last_id, count(*) as row_count,
                sum(till.moved_to('payer', t)) as payer, sum(till.moved_to('channel', t)) as unspent,
                sum(till.moved_to('due', t)) as due, sum(till.moved_to('receiver', t)) as receiver
            from (
                select l.* from till.ledger_transfer l
                where l.channel_id = s.channel_id and l.id > coalesce(a.last_id, 0) order by l.id limit most_rows) t) m),
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

-- The receipts of a span of time, and the root over them that is anchored on the chain. Written before it is sent: what
-- belongs to an epoch never changes.
create table epoch (
    -- Unix seconds: receipts since `began` and before `id`. The contract knows the epoch by its end.
    id            bigint  not null primary key,
    began         bigint  not null check (began < id),
    chain_id      bigint  not null,
    anchor        bytea   not null,
    sender        bytea   not null,
    root          bytea   not null,
    receipt_count bigint  not null check (receipt_count > 0),
    -- The block that showed the root, and whether a reorganisation can no longer change that.
    block_number  bigint,
    is_final      boolean not null default false,
    check (block_number is not null or not is_final),
    -- No receipt belongs to two.
    exclude using gist (int8range(began, id) with &&)
);

create index epoch_open on epoch (id) where not is_final;

-- The leaves of an epoch's tree by ascending value, 32 bytes each, in parts that are whole subtrees: a proof reads one.
create table epoch_part (
    epoch      bigint  not null references epoch,
    place      integer not null,
    first_leaf bytea   not null,
    root       bytea   not null,
    leaves     bytea   not null,
    primary key (epoch, place)
);
