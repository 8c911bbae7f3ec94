"""The function that AWS Lambda calls: `handler`."""

import gc

# Nothing allocated during the start is garbage, and looking for it takes about a tenth of the start.
gc.disable()
try:
    from lambda_fn.http.gateway import create_handler

    handler = create_handler()
finally:
    gc.enable()
gc.freeze()
