"""The answers of the API's gateway itself (unknown path, throttling …), on emulators.

AWS reads them from the API's definition, where SAM puts them; emulators do not, but keep those that
are put one by one, from the next deployment on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import boto3


def answer_as_the_gateway(
    rest_api_id: str, stage_name: str, template: Mapping[str, Any], origins: Sequence[str]
) -> None:
    """Give them to the API. The first of `origins` may read them, as on AWS (`GatewayOrigin`)."""
    gateway = boto3.client("apigateway")
    responses = template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    allowed = {"Access-Control-Allow-Origin": f"'{origins[0]}'"} if origins else {}
    for response_type, response in responses.items():
        status = {"statusCode": response["StatusCode"]} if "StatusCode" in response else {}
        headers = response["ResponseParameters"]["Headers"] | allowed
        gateway.put_gateway_response(
            restApiId=rest_api_id,
            responseType=response_type,
            responseParameters={
                f"gatewayresponse.header.{name}": value
                for name, value in headers.items()
                # CloudFormation's functions are for AWS, which works them out.
                if isinstance(value, str)
            },
            responseTemplates=response["ResponseTemplates"],
            **status,
        )
    gateway.create_deployment(restApiId=rest_api_id, stageName=stage_name)
