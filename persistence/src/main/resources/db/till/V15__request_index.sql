-- What a wallet paid for is found by the request first: beginning with the payer, this index could take the place of the
-- primary key in the plans of a young database, which knows nothing of its rows, and read all payments of a busy payer.
drop index payment_request;
create index payment_request on payment (request_body, payer);
