# Tink's authenticated encryption.

class Aead: ...

class _Templates:
    AES256_GCM: object

aead_key_templates: _Templates

def register() -> None: ...
