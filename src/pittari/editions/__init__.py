"""The digest: rules that editors can read, and a proof that the edition goes out."""
