# Read by schemathesis (scripts/fuzz-document.mjs): refusals that a schema cannot say, each by its code with the reason.
import schemathesis
from schemathesis.specs.openapi.checks import allow_header_conformance, positive_data_acceptance

# A request of the right form is refused with 400 or 422 all the same. CONTRIBUTING.md has the same list.
EXCEPTED = {
    "CURSOR_INVALID": "a cursor is a text that only a page before can give",
    "ALERT_RULE_INVALID": "the app must be there, and the threshold's range depends on the type of the rule",
    "APP_UPDATE_INVALID": "timeouts name capabilities that the app has; v1 is among its signatures; a reason goes with the status disabled",
    "CLIENT_CERTIFICATE_INVALID": "the certificate and its key are PEM and fit each other",
    "CONFORMANCE_TARGET_INVALID": "a run names one endpoint that the app has",
    "EVENT_TYPE_INVALID": "a schema has rules of its own, and the example matches it",
    "EVENT_REFUSED": "a payload matches the schema of its type",
    "EVENT_TYPE_RESERVED": "types that start with inbound. are reserved",
    "SOURCE_INVALID": "a verification has the options of its preset, or a scheme with a grammar; a secret has the form of its provider",
    "SUBSCRIPTION_INVALID": "types of events and filters have a grammar; a relative url needs an app with a baseUrl",
    "BULK_FILTER_INVALID": "which members a filter has depends on the kind of the operation",
    "API_KEY_INVALID": "expiresAt lies in the future; the app must be there for its key",
    "MANIFEST_INVALID": "rules between members and addresses that are looked up",
}
# Of INPUT_INVALID these rules only.
EXCEPTED_RULES = {
    "period": "to must not lie before from: one parameter by another",
    "text": "the context of a call, and the names in webhookTimeouts, hold no U+0000 at any depth",
}


def is_excepted(response):
    try:
        problem = response.json()
    except ValueError:
        return False
    if problem.get("code") == "INPUT_INVALID":
        return all(entry["rule"] in EXCEPTED_RULES for entry in problem["problems"])
    return problem.get("code") in EXCEPTED


@schemathesis.check
def documented_is_accepted(ctx, response, case):
    """positive_data_acceptance, but for what is excepted by its code."""
    if response.status_code in (400, 422) and is_excepted(response):
        return None
    return positive_data_acceptance(ctx, response, case)


# Their paths are also paths with an id: Allow names what both know, the document what each does.
SHARED_PATHS = {
    "/api/v1/admin/dlq/groups",
    "/api/v1/admin/dlq/resolve",
    "/api/v1/admin/dlq/retry",
    "/api/v1/admin/dlq/stats",
    "/api/v1/deliveries/cancel",
}


@schemathesis.check
def allowed_methods_are_documented(ctx, response, case):
    """allow_header_conformance, but for paths that are two."""
    if case.path in SHARED_PATHS:
        return None
    return allow_header_conformance(ctx, response, case)
