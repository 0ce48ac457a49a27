"""What AWS, or its SDK here, refuses: one line that says what to do about it."""

import re

from botocore import exceptions as sdk
from botocore.exceptions import BotoCoreError, ClientError

EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
UNKNOWN = {
    "AuthFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
DENIED = {"403", "AccessDenied", "AccessDeniedException", "Forbidden", "UnauthorizedOperation"}
CLOCK = {"RequestTimeTooSkewed", "RequestInTheFuture"}
SIGN_IN = "aws sso login, or aws login, signs in again; other credentials have to be got anew"


def in_words(error: BotoCoreError | ClientError) -> str:
    """One line for the person at the terminal."""
    said = _by_aws(error) if isinstance(error, ClientError) else _by_the_sdk(error)
    return " ".join(said.split())


def _by_aws(error: ClientError) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    if code in EXPIRED:
        return f"the AWS credentials have expired: {SIGN_IN}"
    if code in CLOCK or "Signature expired" in message or "not yet current" in message:
        return f"AWS takes this machine's clock for wrong, set it: {message}"
    if code in UNKNOWN:
        return (
            f"AWS does not know these credentials ({code}): aws sts get-caller-identity tries them"
        )
    if code in DENIED and "MultiFactorAuthentication" in message:
        return f"AWS refused the MFA code: run it again with the next one ({message})"
    if code in DENIED:
        return f"no permission{_what(error, message)}{_why(message)}"
    return f"AWS: {error}"


def _what(error: ClientError, message: str) -> str:
    """The action, as a policy names it where AWS says so, and on what."""
    action = re.search(r"not authorized to perform:? (\S+)", message)
    resource = re.search(r"on resource:? (\S+)", message)
    on = f" on {resource[1]}" if resource else ""
    return f" for {action[1].rstrip('.,') if action else error.operation_name}{on}"


def _why(message: str) -> str:
    if "explicit deny" in message:
        return ", a policy denies it (some do without MFA: aws sts get-session-token)"
    return ": somebody who administers the account can give it"


def _by_the_sdk(error: BotoCoreError) -> str:
    match error:
        case sdk.NoCredentialsError():
            return "no AWS credentials: say AWS_PROFILE=… before make, or run aws configure"
        case sdk.ProfileNotFound():
            return f"{error}: aws configure list-profiles names those there are"
        case sdk.NoRegionError():
            return "no AWS region: say AWS_DEFAULT_REGION=ap-northeast-1 before make, or another"
        case sdk.RefreshWithMFAUnsupportedError():
            return "the session that an MFA code opened has ended: run it again with a new code"
        case sdk.SSOError() | sdk.TokenRetrievalError() | sdk.LoginError():
            return f"not signed in to AWS, or no longer: {SIGN_IN} ({error})"
        case sdk.CredentialRetrievalError() | sdk.PartialCredentialsError():
            return f"the AWS credentials could not be had: {error}"
        case sdk.HTTPClientError() | sdk.ConnectionError():
            return f"AWS does not answer, check the network and the region: {error}"
    return f"AWS: {error}"
