"""How a release of the kit is made; no part of the kit, whose digest does not cover it."""
