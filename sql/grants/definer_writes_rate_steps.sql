GRANT INSERT ON rate_steps TO `definer`@`localhost`
