# Run beside a client that openapi-python-client makes of docs/openapi.json.
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
