"""What AWS Lambda calls: `handler`."""

import gc

# Nothing that is made while starting is garbage, so looking for it only takes time: about a tenth of the start.
gc.disable()
try:
    from lambda_fn.http.gateway import create_handler

    handler = create_handler()
finally:
    gc.enable()
gc.freeze()
