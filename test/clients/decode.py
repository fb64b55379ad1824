# Run beside a client that openapi-python-client makes of docs/openapi.json: decodes made-up answers, then those of a
# running api (BREAKWATER_URL, BREAKWATER_API_KEY).
import os

from breakwater_client import AuthenticatedClient
from breakwater_client.api.apps import apps_get, apps_list, apps_register, apps_validate
from breakwater_client.api.dead_letters import deadletters_retry_all
from breakwater_client.api.invoke import invoke_invoke
from breakwater_client.models.breakwater_app_manifest import BreakwaterAppManifest
from breakwater_client.models.bulk_retry_dto import BulkRetryDto
from breakwater_client.models.invoke_answer_dto import InvokeAnswerDto
from breakwater_client.models.invoke_dto import InvokeDto
from breakwater_client.models.problem_dto import ProblemDto

for data in ([1, 2], {"a": 1}, "text", 7, True, None):
    answer = {"source": "primary", "data": data, "requestId": "r", "durationMs": 3}
    assert InvokeAnswerDto.from_dict(answer).to_dict() == answer
    entry = {"pointer": "/a", "rule": "r", "message": "m", "value": data, "bounds": data}
    problem = {"type": "urn:x", "title": "t", "status": 400, "detail": "d", "code": "C", "requestId": "r"}
    problem["problems"] = [entry]
    assert ProblemDto.from_dict(problem).to_dict() == problem
    assert InvokeDto.from_dict({"payload": data}).to_dict() == {"payload": data}


class Raw:
    """A body that no model would hold: sent as it is."""

    def __init__(self, body):
        self.body = body

    def to_dict(self):
        return self.body


client = AuthenticatedClient(base_url=os.environ["BREAKWATER_URL"], token=os.environ["BREAKWATER_API_KEY"])
manifest = {
    "name": "Python client",
    "ownerEmail": "owner@quiz.example",
    "baseUrl": "https://quiz.example",
    "webhooks": {"answer": "/answer", "report": {"url": "/report", "async": True}},
}
registration = apps_register.sync("python-client", client=client, body=BreakwaterAppManifest.from_dict(manifest))
assert registration.version == 1 and registration.created, registration

refused = apps_validate.sync(client=client, body=Raw({**manifest, "ownerEmail": "nobody"}))
assert isinstance(refused, ProblemDto) and refused.problems[0].value == "nobody", refused
assert refused.problems[0].bounds["format"] == "email", refused

refused = deadletters_retry_all.sync(client=client, body=Raw({"filter": {"minAgeMs": -1}}))
assert isinstance(refused, ProblemDto) and refused.problems[0].value == -1, refused

answer = invoke_invoke.sync("quiz", "list", client=client, body=InvokeDto(payload={"n": 1}))
assert isinstance(answer, InvokeAnswerDto) and answer.data == [1, 2], answer

assert any(app.id == "python-client" for app in apps_list.sync(client=client, limit=200).items)
assert apps_get.sync("nobody", client=client).code == "APP_NOT_FOUND"
count = deadletters_retry_all.sync(client=client, body=BulkRetryDto.from_dict({"filter": {}, "dryRun": True}))
assert count.dry_run is True, count
