-- No claim before then: the contract refused this channel's voucher by itself, and others must have their turn. Not
-- indexed, so that a charge stays a change of the row alone.
alter table channel add column claim_after timestamptz;

-- When all receivers were last looked at that a claim may have earned something for without a settlement.
alter table claim_turn add column settled_at timestamptz;

-- Whether no reorganisation can bring it back: a refund whose block is gone can be used once more.
alter table refund add column is_final boolean not null default false;
update refund set is_final = true where state <> 'OPEN';
create index refund_provisional on refund (block_number) where state = 'DONE' and not is_final;

drop function till.end_refund;

-- Ends a refund. The reservation that it stands under ends with it when it is final, or when it left nothing in the
-- channel that a call could be paid with.
create function end_refund(
    r_channel bytea, r_fence bigint, r_state text, r_tx bytea, r_block bigint, r_hash bytea, r_returned numeric,
    r_is_final boolean)
returns boolean language plpgsql as $$
declare
    is_empty boolean;
begin
    -- As everywhere, the channel's row first.
    select c.balance <= c.charged into is_empty from till.channel c where c.channel_id = r_channel for update;
    update till.refund r
        set state = r_state, tx_hash = r_tx, block_number = r_block, block_hash = r_hash, returned = r_returned,
            is_final = r_is_final
        where r.channel_id = r_channel and r.fence = r_fence and r.state = 'OPEN';
    if not found then
        return false;
    end if;
    if r_is_final or is_empty then
        perform till.release(r_channel, r_fence);
    end if;
    return true;
end
$$;

-- Marks a refund that is done as beyond reorganisation, and ends its reservation.
create function confirm_refund(r_channel bytea, r_fence bigint, r_hash bytea)
returns boolean language plpgsql as $$
begin
    perform from till.channel c where c.channel_id = r_channel for update;
    update till.refund r set is_final = true
        where r.channel_id = r_channel and r.fence = r_fence and r.state = 'DONE' and r.block_hash = r_hash
          and not r.is_final;
    if not found then
        return false;
    end if;
    perform till.release(r_channel, r_fence);
    return true;
end
$$;
