"""A local server that answers as the Messages API does, with honest cache rules and without a model."""

from coldbyte.services.simulator.command import listening, serve
from coldbyte.services.simulator.server import create_app

__all__ = ["create_app", "listening", "serve"]
