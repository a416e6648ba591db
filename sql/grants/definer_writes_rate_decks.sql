GRANT INSERT, UPDATE, DELETE ON rate_decks TO `definer`@`localhost`
