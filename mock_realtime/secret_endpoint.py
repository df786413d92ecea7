"""`POST /v1/realtime/client_secrets`: the endpoint. What a secret is, is in `secrets`."""

from agent_rehearsal.wire import Answer, Exchange, Mock, json_answer, problem
from agent_rehearsal.wire.endpoint import Endpoint, Lines, OneObject
from mock_realtime.call_endpoints import action_reply, any_body, no_parts
from mock_realtime.secrets import PATH, BadSecret, Secrets


class SecretEndpoint(Endpoint):
    """Answers with a new secret, its end, and the session that it stands for."""

    def __init__(self, mock: Mock, secrets: Secrets) -> None:
        super().__init__(mock, PATH, usual=no_parts, reply=action_reply, check=any_body)
        self._secrets = secrets

    async def made(self, exchange: Exchange, reply: OneObject, headers: Lines) -> Answer:
        """The secret, or the error for a request that makes none."""
        try:
            secret = self._secrets.make(exchange.entry)
        except BadSecret as error:
            return problem(400, error.code, str(error), param=error.param)
        return json_answer(secret.body(), headers=headers)
