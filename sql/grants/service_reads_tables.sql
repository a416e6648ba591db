GRANT SELECT ON * TO `service`@`host`
