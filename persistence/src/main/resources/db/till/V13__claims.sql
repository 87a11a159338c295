-- No claim before then: the contract refused this channel's voucher by itself, and others must have their turn. Not
-- indexed, so that a charge stays a change of the row alone.
alter table channel add column claim_after timestamptz;

-- When all receivers were last looked at that a claim may have earned something for without a settlement.
alter table claim_turn add column settled_at timestamptz;
