-- What wallets handed in through this node, and what of it counts against their quotas. Every table starts with the key
-- it would be sharded by.

create table upload (
    uploader   bytea       not null,
    -- Of the wallet's authorisation: each is good for one upload.
    nonce      bytea       not null,
    sha256     bytea       not null,
    size       bigint      not null check (size >= 0),
    -- Unknown while it arrives.
    cid        bytea,
    -- Named by a listing: it stays, and counts against no quota.
    published  boolean     not null default false,
    -- While it arrives: when it is given up. Afterwards: when it goes, unless it is published.
    expires_at timestamptz not null,
    primary key (uploader, nonce),
    check (cid is not null or not published)
);

create index upload_by_cid on upload (cid);
create index upload_unpublished on upload (uploader, expires_at) where not published;

-- Sets room aside for an upload, if this wallet and all wallets together have that much left. Uploads are few and long:
-- they take turns here, so that both sums are exact, and each statement below sees what the turn before committed.
create function reserve_upload(
    r_uploader bytea, r_nonce bytea, r_sha256 bytea, r_size bigint,
    r_wallet_quota numeric, r_total_quota numeric, r_limit_ms bigint,
    out outcome text, out free_again timestamptz)
language plpgsql as $$
declare
    of_wallet numeric;
    of_all    numeric;
    now_      timestamptz;
begin
    perform pg_advisory_xact_lock(hashtextextended('account.upload', 0));
    now_ := clock_timestamp();
    select coalesce(sum(u.size) filter (where u.uploader = r_uploader), 0), coalesce(sum(u.size), 0)
        into of_wallet, of_all
        from account.upload u where not u.published and u.expires_at > now_;

    if exists (select from account.upload u where u.uploader = r_uploader and u.nonce = r_nonce) then
        outcome := 'USED';
    elsif of_wallet + r_size > r_wallet_quota then
        outcome := 'WALLET_FULL';
        free_again := (select min(u.expires_at) from account.upload u
            where u.uploader = r_uploader and not u.published and u.expires_at > now_);
    elsif of_all + r_size > r_total_quota then
        outcome := 'NODE_FULL';
        free_again := (select min(u.expires_at) from account.upload u
            where not u.published and u.expires_at > now_);
    else
        outcome := 'RESERVED';
        insert into account.upload (uploader, nonce, sha256, size, expires_at)
            values (r_uploader, r_nonce, r_sha256, r_size, now_ + r_limit_ms * interval '1 millisecond');
    end if;
end
$$;
