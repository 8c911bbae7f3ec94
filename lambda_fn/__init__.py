"""The HTTP service: requests in, predictions and problems out.

python -m lambda_fn                serves on a laptop
lambda_fn.handler.handler          is what AWS Lambda calls
lambda_fn.observability.drift.handler            is what it calls once a day
lambda_fn.application              builds the application that both of them run
"""
