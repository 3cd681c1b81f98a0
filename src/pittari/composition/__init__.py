"""How is it laid out?"""
