"""A seeded, made-up world to try everything in: a shop, its people and two months of them."""

from pittari.demo.world import DAYS, PEOPLE, World, build, recipe_of

__all__ = ["DAYS", "PEOPLE", "World", "build", "recipe_of"]
