"""The menus: which parts make up each touchpoint."""
