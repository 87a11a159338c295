-- For the question whose listing earns what a splitter receives.
create index listing_splitter_address on listing_splitter (chain_id, splitter);
