GRANT INSERT ON events TO `definer`@`localhost`
