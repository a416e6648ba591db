GRANT INSERT, DELETE ON rates TO `definer`@`localhost`
