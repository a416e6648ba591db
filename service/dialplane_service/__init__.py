"""The service: one RoutingService that owns all MariaDB access and every decision."""
