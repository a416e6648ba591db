"""One suite per port: the fake and the real thing pass the same.

A suite is a class with an abstract fixture; a test module inherits it and gives the fixture.
"""
