        assert all("a" <= letter <= "z" for letter in spelt)
        assert all(
            a != b and a + b not in {"ou", "ei"} for a, b in pairwise(spelt)
        )
