"""Settings every test shares."""

import os

from hypothesis import HealthCheck, settings

# How long examples take to make says how busy the machine is, not that a property does not hold.
TIMELESS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("default", TIMELESS, max_examples=60)
# Sixteen times the default: all properties take twelve minutes on two busy cores.
settings.register_profile("nightly", TIMELESS, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
