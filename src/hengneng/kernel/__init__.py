"""No duty of its own: clock, policy, states, audit, facts, files, jobs, imports, postgres."""
