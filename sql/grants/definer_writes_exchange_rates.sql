GRANT INSERT, UPDATE ON exchange_rates TO `definer`@`localhost`
