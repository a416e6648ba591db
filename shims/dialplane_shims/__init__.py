"""Dialplane's shims: AGI in, protobuf out, channel variables back. They decide nothing."""
