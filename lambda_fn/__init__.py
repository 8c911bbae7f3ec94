"""The HTTP service: requests in, predictions and problems out.

python -m lambda_fn                serves on a laptop
lambda_fn.handler.handler                AWS Lambda calls it for each request
lambda_fn.observability.drift.handler    AWS Lambda calls it once a day
lambda_fn.application                    builds the application that the first two run
"""
