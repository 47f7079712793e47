"""botocore's errors as one sentence for a person: which API, AWS's code, what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOError,
)
from botocore.exceptions import ConnectionError as NoConnection

_SIGN_IN: Final = (
    "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in (aws sso login)"
)
# What to do, by AWS's error code.
_ADVICE: Final = {
    "AccessDeniedException": "allow the caller organizations:{api}, and call from the management "
    "account or a delegated administrator",
    "AccessDenied": "allow the caller {service}:{api}",
    "AWSOrganizationsNotInUseException": "this account is in no organization; use credentials of "
    "the management account or of a delegated administrator",
    "UnrecognizedClientException": "the credentials are not valid; " + _SIGN_IN,
    "InvalidClientTokenId": "the credentials are not valid; " + _SIGN_IN,
    "InvalidSignatureException": "the secret key does not fit the access key; " + _SIGN_IN,
    "SignatureDoesNotMatch": "the secret key does not fit the access key; " + _SIGN_IN,
    "ExpiredTokenException": "the credentials have expired; sign in again",
    "ExpiredToken": "the credentials have expired; sign in again",
    "TooManyRequestsException": "other tools use up the request rate; try again later",
    "ThrottlingException": "other tools use up the request rate; try again later",
    "UnsupportedAPIEndpointException": "use credentials of the organization's own partition",
}
# What to do where the role itself can't be assumed, whatever was asked for with it.
_NOT_ASSUMED: Final = (
    "the role's trust policy has to name the role that the portal runs with and this external id, "
    "and the portal's role needs sts:AssumeRole on this one"
)


class AwsError(Exception):
    """An answer of AWS that ends the crawl; its text is the sentence for a person."""

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


@contextmanager
def explained(api: str) -> Iterator[None]:
    """Turn what botocore raises while Organizations' `api` is called into an `AwsError`."""
    service = "organizations"
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "Unknown"))
        advice = _ADVICE.get(code, "see AWS's documentation of this error, then try again")
        # botocore fetches a role's credentials in the midst of the call that needs them.
        if error.operation_name == "AssumeRole":
            service, api = "sts", "AssumeRole"
            advice = _NOT_ASSUMED if code == "AccessDenied" else advice
        raise AwsError(
            f"{service}:{api} failed with {code}: {advice.format(api=api, service=service)}.",
            code=code,
        ) from None
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise _failed(service, api, error, f"no AWS credentials were found; {_SIGN_IN}") from None
    except (CredentialRetrievalError, SSOError) as error:
        raise _failed(service, api, error, f"the credentials can't be had; {_SIGN_IN}") from None
    except ProfileNotFound as error:
        advice = f'~/.aws/config has no profile "{error.kwargs["profile"]}"; name one that it has'
        raise _failed(service, api, error, advice) from None
    except (NoConnection, ConnectionClosedError, ReadTimeoutError) as error:
        advice = "AWS can't be reached; check the network, the proxy and AWS_ENDPOINT_URL"
        raise _failed(service, api, error, advice) from None
    except BotoCoreError as error:
        raise _failed(service, api, error, "check the AWS configuration") from None


def _failed(service: str, api: str, error: BotoCoreError, advice: str) -> AwsError:
    # The class names the problem; botocore's text may quote what is nobody's business.
    code = type(error).__name__
    return AwsError(f"{service}:{api} failed with {code}: {advice}.", code=code)
