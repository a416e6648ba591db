GRANT UPDATE (version) ON data_version TO `definer`@`localhost`
