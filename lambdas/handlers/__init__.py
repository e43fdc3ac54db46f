"""One AWS Lambda function per file. Each parses its event, calls rules of the shop and returns a result.

The garbage collector rests while a function starts, which creates nothing but what stays. It begins to work
once the first client is made (platform/aws.py).
"""

import gc

gc.disable()
