"""The help desk: an inquiry becomes a reply whose every figure has a source, and a good reply a standard one."""
