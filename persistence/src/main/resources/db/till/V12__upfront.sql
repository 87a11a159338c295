-- Calls that are paid upfront: settled first, then answered, or else paid back by their provider.

alter table payment
    -- When the money arrived: a provider has so long to answer what it was paid for upfront.
    add column settled_at timestamptz,
    -- The transaction that paid a buyer back.
    add column refund_tx  bytea,
    drop constraint payment_state_check,
    drop constraint payment_check,
    drop constraint payment_check2,
    add constraint payment_state_check check (state in (
        'VERIFIED', 'RELEASED', 'FREE', 'SETTLING', 'UNKNOWN', 'SETTLED', 'REFUND_DUE', 'REFUNDED', 'VOID')),
    add check ((state in ('SETTLED', 'REFUND_DUE', 'REFUNDED')) = (tx_hash is not null)),
    add check ((state in ('SETTLED', 'REFUND_DUE', 'REFUNDED', 'VOID')) = (block_hash is not null)),
    add check (state not in ('REFUND_DUE', 'REFUNDED') or listing_id is not null and response_body is null),
    add check ((state = 'REFUNDED') = (refund_tx is not null)),
    add check (state <> 'REFUNDED' or is_final);

-- What was paid for and is not answered yet.
create index payment_owed on payment (settled_at)
    where state = 'SETTLED' and response_body is null and listing_id is not null;
-- The public debt of providers.
create index payment_refund_due on payment (lease_until) where state = 'REFUND_DUE';

drop index payment_provisional;
create index payment_provisional on payment (block_number)
    where state in ('SETTLED', 'REFUND_DUE', 'VOID') and not is_final;
