"""Second derivations of what synthgrad certifies; tools/check_certificates.py runs them."""
