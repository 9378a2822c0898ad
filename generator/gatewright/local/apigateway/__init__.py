"""The local cloud's API Gateway: its control plane as boto3 knows it, on the one model that the gateway executes."""
