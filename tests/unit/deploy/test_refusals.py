"""What an operator reads where AWS, or its SDK here, refuses: one line, and what to do."""

import subprocess
import sys
from pathlib import Path

import pytest
from botocore import exceptions as sdk
from botocore.exceptions import BotoCoreError, ClientError

from deploy.paths import ROOT
from deploy.refusals import in_words


def by_aws(code: str, message: str = "m", operation: str = "CreateChangeSet") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


NOT_AUTHORIZED = (
    "User: arn:aws:iam::1:user/x is not authorized to perform: cloudformation:CreateChangeSet "
    "on resource: arn:aws:cloudformation:ap-northeast-1:1:stack/order-voice-prod/* because "
)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (by_aws("ExpiredToken"), "credentials have expired: aws sso login"),
        (by_aws("ExpiredTokenException"), "credentials have expired: aws sso login"),
        (by_aws("InvalidClientTokenId"), "AWS does not know these credentials"),
        (by_aws("UnrecognizedClientException"), "AWS does not know these credentials"),
        (by_aws("SignatureDoesNotMatch"), "AWS does not know these credentials"),
        (by_aws("SignatureDoesNotMatch", "Signature expired: 1 is now earlier"), "clock"),
        (by_aws("InvalidSignatureException"), "AWS does not know these credentials"),
        (by_aws("RequestTimeTooSkewed"), "clock"),
        (
            by_aws("AccessDenied", NOT_AUTHORIZED + "no identity-based policy allows it"),
            "no permission for cloudformation:CreateChangeSet on arn:aws:cloudformation"
            ":ap-northeast-1:1:stack/order-voice-prod/*: somebody who administers",
        ),
        (
            by_aws("AccessDeniedException", NOT_AUTHORIZED + "of an explicit deny in a policy"),
            "a policy denies it (some do without MFA: aws sts get-session-token)",
        ),
        (by_aws("403", "Forbidden", "HeadBucket"), "no permission for HeadBucket"),
        (
            by_aws(
                "AccessDenied", "MultiFactorAuthentication failed with invalid MFA", "AssumeRole"
            ),
            "AWS refused the MFA code",
        ),
        (by_aws("Throttling", "Rate exceeded"), "AWS: An error occurred (Throttling)"),
        (sdk.NoCredentialsError(), "no AWS credentials: say AWS_PROFILE="),
        (sdk.PartialCredentialsError(provider="env", cred_var="KEY"), "could not be had: Partial"),
        (sdk.ProfileNotFound(profile="x"), "The config profile (x) could not be found: aws conf"),
        (sdk.NoRegionError(), "no AWS region: say AWS_DEFAULT_REGION="),
        (sdk.UnauthorizedSSOTokenError(), "not signed in to AWS, or no longer: aws sso login"),
        (sdk.SSOTokenLoadError(error_msg="none"), "not signed in to AWS, or no longer"),
        (sdk.TokenRetrievalError(provider="sso", error_msg="m"), "not signed in to AWS"),
        (sdk.LoginRefreshRequired(), "not signed in to AWS, or no longer"),
        (sdk.RefreshWithMFAUnsupportedError(), "the session that an MFA code opened has ended"),
        (sdk.EndpointConnectionError(endpoint_url="https://x"), "AWS does not answer"),
        (sdk.ConnectTimeoutError(endpoint_url="https://x"), "AWS does not answer"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_refusal_is_one_line(error: BotoCoreError | ClientError, line: str) -> None:
    told = in_words(error)
    assert line in told
    assert "\n" not in told


def test_a_long_message_of_several_lines_is_one() -> None:
    assert "\n" not in in_words(by_aws("ValidationError", "1 error:\n  at x\n  at y"))


SSO = """
[profile operator]
sso_session = company
sso_account_id = 123456789012
sso_role_name = Deployer
region = ap-northeast-1
[sso-session company]
sso_start_url = https://company.awsapps.com/start
sso_region = ap-northeast-1
sso_registration_scopes = sso:account:access
"""
REGION = "[default]\nregion = ap-northeast-1\n"
KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}


@pytest.mark.parametrize("module", ["deploy", "deploy.destroy"])
@pytest.mark.parametrize(
    ("config", "environment", "line"),
    [
        (SSO, {"AWS_PROFILE": "operator"}, "not signed in to AWS, or no longer: aws sso login"),
        (SSO, {"AWS_PROFILE": "nobody"}, "The config profile (nobody) could not be found"),
        (REGION, {}, "no AWS credentials: say AWS_PROFILE="),
        ("", KEYS, "no AWS region: say AWS_DEFAULT_REGION="),
    ],
    ids=["sso", "profile", "credentials", "region"],
)
def test_the_command_ends_with_that_line_and_no_traceback(
    module: str,
    config: str,
    environment: dict[str, str],
    line: str,
    tmp_path: Path,
) -> None:
    """The SDK itself refuses, before anybody is called."""
    (tmp_path / "config").write_text(config)
    python = tmp_path / "python3.13"  # Production's is looked for, and not yet asked to work.
    python.write_text("#!/bin/sh\necho cpython-313-x86_64-linux-gnu\n")
    python.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", module, "prod"],
        cwd=ROOT,
        env={
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    [told] = done.stderr.splitlines()
    assert line in told
