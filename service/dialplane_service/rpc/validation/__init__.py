"""One function per request: it finds every broken rule of the proto's comments before anything else looks."""
