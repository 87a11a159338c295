-- For the question whether somebody is paid by a listing.
create index listing_splitter_splitter on listing_splitter (chain_id, splitter);
