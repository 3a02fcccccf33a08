# What Kluis uses of Tink, which ships no types.

from typing import Any

from tink import aead as aead
from tink import json_proto_keyset_format as json_proto_keyset_format
from tink import secret_key_access as secret_key_access

class TinkError(Exception): ...

class KeysetHandle:
    def primitive(self, primitive_class: type[Any]) -> Any: ...

def new_keyset_handle(key_template: object) -> KeysetHandle: ...
