-- What a payment under a ceiling was priced by, as the field Stoa-Usage spells it; its receipt says so.
alter table payment add column usage text not null default '';
