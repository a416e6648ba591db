"""What the project promises, through gRPC, against MariaDB."""
