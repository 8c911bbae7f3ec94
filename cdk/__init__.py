"""What runs in AWS: stacks wire, and a construct each owns one capability.

npx cdk deploy                     provisions the service (see docs/deploy.md)
python -m cdk.teardown             takes all of it away again
python -m cdk.pictures.dashboard_pictures   draws the dashboards for the documentation
"""
