GRANT INSERT, DELETE ON quality_figures TO `definer`@`localhost`
