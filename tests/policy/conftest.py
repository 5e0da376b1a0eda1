"""Settings of the laws of policy: a busy machine must not fail them."""

from hypothesis import settings

settings.register_profile("policy", deadline=None)
settings.load_profile("policy")
