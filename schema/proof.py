"""What the inputs of a session show of a second factor."""

import strawberry

from resolvers.second_factors import Proof


@strawberry.input(description="One of a code, a recovery code, and what a passkey signed.")
class ProofInput:
    code: str | None = strawberry.field(default=None, description="What the app shows: 6 digits.")
    recovery_code: str | None = strawberry.field(
        default=None, description="One that was not used yet; case and hyphens do not matter."
    )
    credential: str | None = strawberry.field(
        default=None, description="What `navigator.credentials.get` answered, as JSON."
    )
    challenge: str | None = strawberry.field(
        default=None, description="That of `startPasskeyProof`, beside `credential`."
    )


def proof_in(input: ProofInput) -> Proof:
    """Return what an input shows."""
    return Proof(input.code, input.recovery_code, input.credential, input.challenge)
