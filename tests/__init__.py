"""The tests: unit/ mirrors the package, store/ runs on both databases, acceptance/ tells the seeds' stories."""
