"""What runs the jobs: schedule, worker, thread pool, clock."""
